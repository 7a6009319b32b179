# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the unit tests share: machines to test against, and Windows output to parse.

``windows_answers.Windows`` answers the queries of an audit from a few fields, for parsers and findings. ``lab_host.Pc`` runs
every command on a simulated machine of the lab, for whatever changes a machine.
"""

# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The code of the collection. Each folder answers one question, and imports point down this list only.

====================  ====================================================================================
``_operations``       What does a module do on the machine? One file per module, and the parts they share.
``_fleet``            What do several machines show together? On the controller, without a connection.
``_capture``          What may leave the company of what a machine answered? Pure: names and addresses replaced.
``_components``       What can be wrong, and what would repair it? Pure: facts, findings, plans.
``_remote``           How is a machine reached and changed? The only I/O.
``_options``          What does a module accept, and which values are invalid?
``_plan``             What is a change, and which commands make and undo it?
``_error_codes``      What does a Windows error code mean in its context?
``_windows``          How is it read from Windows? Pure: one file per program or format; independent of WSUS.
``_finding``          What is a finding?
``_text``             How does text of a machine reach a terminal, a table or a file?
``_exceptions``       What must the user know when something fails?
====================  ====================================================================================

``_action`` contains the base classes of the actions, ``_filter`` the errors of the filters. ``tests/unit/test_imports.py`` enforces the order.
"""

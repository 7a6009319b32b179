# Each target sets up what it needs in this checkout; the work is done by the scripts in tools/.
.DEFAULT_GOAL := help
.NOTPARALLEL:

steps := lint docs build unit slow conformance sanity molecule integration cores

.PHONY: help demo test $(steps) release-check bench soak clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | expand -t 16

demo: ## audit and repair a fleet of lab machines, from nothing, and leave build/demo/report.html; KEEP=1 leaves it running
	@KEEP=$(KEEP) tools/demo

test: ## every check below, then what was skipped and why
	@tools/test

lint: ## ruff, mypy, reuse, ansible-lint, yamllint, shellcheck, codespell, the workflows
unit: ## the tests of the plugins and of the lab's parts, without the slow ones
slow: ## the slow ones: runs cut after every command, long property tests, whole fleets, Wine, WinRM over sockets
sanity: ## ansible-test sanity, with no ignores
docs: ## antsibull-docs and antsibull-changelog, and the site in build/docsite/html, with warnings as errors
build: ## build the collection, install it elsewhere, use it from there
conformance: ## the lab against a real PowerShell and Wine
integration: ## whole playbooks by the real ansible-playbook against the lab
molecule: ## the roles' scenarios on the lab, or on the machines of WSUS_MOLECULE_INVENTORY
cores: ## other releases of ansible-core (or those in CORES): unit tests, smoke tests of the oldest, and that all find and repair the same
$(steps):
	@tools/test $@

release-check: ## what a release has to pass beside `make test`: galaxy-importer, lint of the package, sanity on the releases of certification
	@tools/release-check

bench: ## the performance table: this collection, raw and ansible.windows
	@tools/bootstrap
	@tools/bench

soak: ## for hours: hostile inputs for every parser and whole audits; a disturbing network, killed and crossing runs
	@tools/soak

clean: ## remove what the targets made in this checkout
	rm -rf build .ansible .hypothesis .venv .venv-* tests/output
	find plugins tests tools -name __pycache__ -prune -exec rm -rf {} +

# Each target calls the real tool; the virtual environment is made when first needed.
PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --require-hashes
PHOTO ?= samples/noisy.jpg
RUN ?= runs/first
SECONDS ?= 120
COMMA := ,
CHROMIUM_PACKAGES := chromium fonts-dejavu-core libvulkan1
ANDROID_PACKAGES := maven openjdk-17-jdk-headless aapt zipalign apksigner android-framework-res binutils
# A few processes, as each imports everything it tests.
PYTEST := $(BIN)/pytest -n logical --maxprocesses 4 --dist worksteal
SIDE_BY_SIDE := --no-print-directory -j2 $(if $(filter output-sync,$(.FEATURES)),--output-sync)
QUICK_JVM := -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xss4m -XX:ReservedCodeCacheSize=160m
MAVEN := MAVEN_OPTS="$(QUICK_JVM)" mvn -B -q -ntp -f tests/android -l $(CURDIR)/build/android/maven.log

# The tests start hundreds of processes, each of which would compile what it imports.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo serve web web-wheel docs check quick-tests static style types static-web static-docs test test-android apk bench fuzz faults train locks licences sbom clean

# Denoises PHOTO, and draws before and after side by side.
demo: .venv/run.stamp
	$(BIN)/litedenoise denoise "$(PHOTO)" -o build/demo/denoised.jpg --overwrite
	$(BIN)/litedenoise compare "$(PHOTO)" build/demo/denoised.jpg -o build/demo/before-after.png --overwrite
	@echo "The photo in full size:  build/demo/denoised.jpg"
	@echo "Before and after:        build/demo/before-after.png"

# The page and the service, on this machine alone: http://127.0.0.1:8080
serve: .venv/serve.stamp
	$(BIN)/litedenoise serve

# The page that denoises on the device, as static files in build/web
web: build/web/index.html

# The same as the wheel that litedenoise-sdk[web] asks for, in dist
web-wheel: web .venv/dev.stamp
	cd web/wheel && ../../$(BIN)/python -m hatchling build --target wheel -d ../../dist

# What Python alone can check, in minutes: no browser, no adb, no Java, and nothing marked as slow.
check: style
	$(MAKE) --no-print-directory -j2 types quick-tests

quick-tests: .venv/dev.stamp
	$(PYTEST) -m "not tools and not slow"

# Everything that must pass. The tools come first, as two cannot be installed at a time.
test: .venv/dev.stamp .venv/chromium.stamp .venv/adb.stamp .venv/android.stamp .venv/node.stamp
	$(MAKE) $(SIDE_BY_SIDE) apk static static-web web static-docs
	$(PYTEST)

static: style types

style: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: .venv/dev.stamp
	$(BIN)/mypy

static-web: web/node_modules/.package-lock.json
	npm run --silent --prefix web check

static-docs: .venv/dev.stamp
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

# android_app/ on the JVM, with real inference that must equal Python's. The Kotlin compiler crashed
# once, in code that it compiled before and after: that alone is tried again.
COMPILER_CRASHED = grep -q 'org.jetbrains.kotlin.backend.common.CompilationException' build/android/maven.log
test-android: .venv/dev.stamp .venv/android.stamp
	$(BIN)/python tests/android/write_expected.py build/android/expected
	$(MAVEN) test || { cat build/android/maven.log; $(COMPILER_CRASHED) && $(MAVEN) test; }

# build/android/apk/app.apk: linked, dexed, aligned, signed with a debug key and verified.
apk: test-android
	$(BIN)/python tests/android/android_tools.py apk

# The pages of docs/ and the API reference, as a site in build/site
docs: .venv/dev.stamp
	$(BIN)/mkdocs build --strict

# Every host case, about 25 minutes on two quiet cores; with PAIRS=folder (NAME_real.*, NAME_mean.*)
# quality on these instead of one synthetic picture.
bench: .venv/dev.stamp
	$(BIN)/python -m benchmarks run --compile $(if $(PAIRS),--pairs "$(PAIRS)") --html build/benchmarks/host.html
	$(BIN)/python -m benchmarks.tiling "$(PHOTO)"
	$(if $(PAIRS),$(BIN)/python -m benchmarks.quality --pairs "$(PAIRS)")

# make train CLEAN="folder ..." RUN=runs/name; stop it any time, the same line goes on.
train: .venv/dev.stamp
	@test -n "$(CLEAN)" || { echo 'Name folders of clean photos: make train CLEAN="folder ..."' >&2; exit 2; }
	$(BIN)/python -m models.train --clean $(CLEAN) --run "$(RUN)"

# After a change of requirements/*.txt: the same versions, with the hashes of their files.
locks: .venv/dev.stamp
	for name in run serve dev bm3d; do \
		$(BIN)/uv pip compile --quiet --generate-hashes --no-deps --no-header --no-annotate \
			--python-version 3.11 requirements/$$name.txt -o requirements/$$name.lock || exit 1; \
	done

# Coverage-guided fuzzing of everything that reads files, SECONDS of processor time for each; stops at the
# first finding.
fuzz: .venv/dev.stamp
	$(BIN)/python -m pip install --quiet atheris==3.0.0
	targets=$$($(BIN)/python -m tests.fuzz) && for target in $$targets; do \
		$(BIN)/python -m tests.fuzz $$target --seconds $(SECONDS) || exit 1; \
	done

# Every call that denoise and batch make to files, broken in turn: about an hour on two quiet cores.
faults: .venv/dev.stamp
	$(BIN)/python -m tests.faults

# The licence of everything that the environment holds; a test refuses those that restrict its use.
licences: .venv/dev.stamp
	$(BIN)/pip-licenses --order=license

# build/sbom.cdx.json: what the SDK runs with, as CycloneDX, from an environment that holds nothing else.
sbom: .venv/dev.stamp
	$(BIN)/uv venv --quiet --clear build/sbom
	$(BIN)/uv pip install --quiet --python build/sbom --require-hashes -r requirements/run.lock
	$(BIN)/uv pip install --quiet --python build/sbom --no-deps ./python_sdk
	$(BIN)/uvx --quiet --from cyclonedx-bom==7.5.0 cyclonedx-py environment --output-reproducible \
		--pyproject python_sdk/pyproject.toml --output-file build/sbom.cdx.json build/sbom/bin/python

# Keeps .venv and the training runs.
clean:
	rm -rf build dist python_sdk/dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

.venv/run.stamp: requirements/run.lock python_sdk/pyproject.toml | .venv/bin/python
	$(INSTALL) -r $<
	$(BIN)/python -m pip install --quiet --no-deps -e python_sdk
	@touch $@

.venv/serve.stamp: requirements/serve.lock .venv/run.stamp
	$(INSTALL) -r $<
	@touch $@

.venv/dev.stamp: requirements/dev.lock .venv/run.stamp
	$(INSTALL) -r $<
	@touch $@

WEB_SOURCES := $(shell find web python_sdk/src/litedenoise_sdk/server/page models/released -name node_modules -prune -o -type f -print)

build/web/index.html: web/node_modules/.package-lock.json $(WEB_SOURCES)
	cd web && node build.mjs ../build/web

# LiteRT's wasm and the JPEG encoder, whose versions and checksums the lock file holds.
web/node_modules/.package-lock.json: web/package-lock.json web/.npmrc | .venv/node.stamp
	npm ci --silent --prefix web
	@touch $@

# $(call require,WHAT FOR,TEST,PACKAGES): where TEST fails, root on Debian or Ubuntu is told what is
# installed and why, before it is; everybody else is told what to install.
define require
@{ $(2); } >/dev/null 2>&1 || { \
	if test "$$(id -u)" = 0 && command -v apt-get >/dev/null; then \
		echo "$(1); installing: $(3)"; \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends $(3); \
	else \
		echo "$(1); on Debian and Ubuntu: apt install $(3)" >&2; exit 1; \
	fi; \
}
@touch $@
endef

.venv/chromium.stamp: | .venv/bin/python
	$(call require,The page and the GPU are tested with Chromium and Vulkan,\
		command -v chromium chromium-browser google-chrome && /sbin/ldconfig -p | grep libvulkan.so.1,\
		$(CHROMIUM_PACKAGES))

.venv/node.stamp: | .venv/bin/python
	$(call require,The page that denoises on the device is built and checked with Node.js 20 or newer,\
		command -v npm && node -e 'process.exit(+(parseInt(process.versions.node) < 20))',nodejs npm)

.venv/adb.stamp: | .venv/bin/python
	$(call require,The phone benchmarks are tested with the real adb and simulated phones,command -v adb,adb)

# Maven and Java compile and test; Android's own tools link the resources and make the APK.
.venv/android.stamp: | .venv/bin/python
	$(call require,The Android code is tested with Maven$(COMMA) JDK 17 and Android tools,\
		command -v mvn && command -v aapt2 && command -v zipalign && command -v apksigner && command -v readelf \
		&& test -e /usr/share/android-framework-res/framework-res.apk && javac -version 2>&1 | grep -q ' 17',\
		$(ANDROID_PACKAGES))

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 ...' >&2; exit 1; }
	@$(PYTHON) -m venv .venv \
		|| { rm -rf .venv; echo 'No virtual environment could be made; on Debian and Ubuntu: apt install python3-venv' >&2; exit 1; }

# SPDX-License-Identifier: MIT
# linnet. `make help` lists the targets.
#
# One Makefile, objects in build/<variant>/. Variables one may set:
#   V=1           show the commands            WERROR=1      warnings are errors (so with CI=true)
#   SANITIZE=…    address, undefined, thread, or address,undefined
#   DEBUG=1       no optimiser                 CC=clang      another compiler
#   WEB=0         without the web client (no npm): GET / says so
#   COVERAGE=1    counts the lines that run (make coverage)
#   FAULTS=1      a binary that can be told to fail (src/store/fault.c); for test/fault
#   LAYERS="base rt"  build and unit-test only these folders of src/
#   DESTDIR= PREFIX=/usr/local                 for install

VERSION := 0.1.0
PREFIX ?= /usr/local
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory

ifeq ($(origin CC),default)
CC := gcc
endif
AR ?= ar
Q := $(if $(filter 1,$(V)),,@)

# ── variant ──
VARIANT := $(or $(SANITIZE),$(if $(filter 1,$(COVERAGE)),coverage),$(if $(filter 1,$(DEBUG)),debug,release))$(if $(filter 1,$(FAULTS)),-faults)
B := build/$(VARIANT)

# ── flags ──
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wconversion -Wvla \
	-Wwrite-strings -Wpointer-arith -Wcast-qual -Wformat=2
ifneq ($(filter 1 true,$(WERROR) $(CI)),)
WARN += -Werror
endif
PACKAGES := libevent openssl sqlite3 jansson
PKG_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
PKG_LIBS := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null)
LIBS := $(PKG_LIBS) -lwslay -lm -lpthread
CHECK_LIBS := -lcheck -lsubunit -lm -lrt -lpthread
LINNET_CPPFLAGS := -D_GNU_SOURCE -DLN_VERSION='"$(VERSION)"' -Iinclude \
	-include linnet/base/banned.h $(PKG_CFLAGS)
ifeq ($(FAULTS),1)
LINNET_CPPFLAGS += -DLN_FAULTS
endif
LINNET_CFLAGS := -std=c11 $(WARN) -fno-common -g -pthread
ifneq ($(SANITIZE),)
# No _FORTIFY_SOURCE: its wrappers hide calls from the sanitizers.
LINNET_CFLAGS += -O1 -fno-omit-frame-pointer -fsanitize=$(SANITIZE) -fno-sanitize-recover=all
LINNET_LDFLAGS := -fsanitize=$(SANITIZE)
else ifeq ($(COVERAGE),1)
LINNET_CFLAGS += -O0 --coverage -fprofile-update=atomic
else ifeq ($(DEBUG),1)
LINNET_CFLAGS += -Og
else
LINNET_CFLAGS += -O2 -fstack-protector-strong -fstack-clash-protection -fPIE
LINNET_CPPFLAGS += -D_FORTIFY_SOURCE=3
LINNET_LDFLAGS := -pie -Wl,-z,relro,-z,now
ifneq ($(filter x86_64 i686,$(shell uname -m)),)
LINNET_CFLAGS += -fcf-protection
endif
endif
COMPILE = $(CC) $(LINNET_CPPFLAGS) $(CPPFLAGS) $(LINNET_CFLAGS) $(CFLAGS) -MMD -MP
LINK = $(CC) $(LINNET_CFLAGS) $(CFLAGS) $(LINNET_LDFLAGS) $(LDFLAGS)

# ── the web client: the same for all variants ──
WEB ?= 1
export WEB
WEB_SRC := $(shell find src/web -path '*/node_modules' -prune -o -type f -not -name '*.md' -print 2>/dev/null)
ifeq ($(WEB),0)
PAGE := src/web/without
PAGE_READY :=
else
PAGE := build/web
PAGE_READY := build/web.made
endif

# ── sources ──
LAYERS := $(sort $(patsubst src/%/,%,$(dir $(wildcard src/*/*.c))))
SRC := $(foreach l,$(LAYERS),$(wildcard src/$l/*.c))
GEN := $(B)/gen/embed_migrations.c $(B)/gen/embed_page.c
OBJ := $(SRC:%.c=$(B)/%.o) $(GEN:.c=.o)
MAIN := $(B)/src/cli/main.o
LIB := $(B)/liblinnet.a
UNIT_SRC := $(foreach l,$(LAYERS),$(wildcard test/unit/$l/check_*.c))
UNIT := $(UNIT_SRC:%.c=$(B)/%)
# Programs for the other tests: every .c there has a main and becomes $(B)/test/<name>.
WIRE_SRC := $(wildcard test/wire/*.c)
FAULT_SRC := $(filter-out test/fault/disk.c,$(wildcard test/fault/*.c))
BENCH_SRC := $(wildcard test/bench/*.c)
STRESS_SRC := $(wildcard test/stress/*.c)
FUZZ_SRC := $(wildcard test/fuzz/*.c)
FAULTS_B := $(B)-faults
tools = $(addprefix $(B)/test/,$(notdir $(1:.c=)))
TOOL_SRC := $(WIRE_SRC) $(FAULT_SRC) $(BENCH_SRC) $(STRESS_SRC) $(FUZZ_SRC)
ALL_C := $(wildcard src/*/*.c test/*/*.c test/*/*/*.c)
ALL_H := $(wildcard include/linnet/*/*.h)

.PHONY: all run test unit wire fault bench debug tsan asan lint format format-check layers-check \
	headers-check web-check install clean help build-deps test-tools npm FORCE

## all: build build/release/linnet (the default)
all: build-deps $(B)/linnet

# Names what is missing and stops; touches nothing.
build-deps:
	@.ci/deps build

## run: install what is missing, build, start the server
run:
	@.ci/deps --install build
	@$(MAKE) all
	@exec $(B)/linnet serve

$(B)/linnet: $(OBJ)
	$(if $(wildcard src/cli/main.c),,$(error src/cli/main.c is missing))
	$(if $(Q),@echo "  LINK  $@")
	$(Q)$(LINK) -o $@ $^ $(LIBS)

$(B)/%.o: %.c $(B)/flags | build-deps
	@mkdir -p $(@D)
	$(if $(Q),@echo "  CC    $<")
	$(Q)$(COMPILE) -c -o $@ $<

$(GEN:.c=.o): %.o: %.c $(B)/flags | build-deps
	$(if $(Q),@echo "  CC    $<")
	$(Q)$(COMPILE) -c -o $@ $<

# Rewritten only where they change: other flags recompile, another list of objects links anew.
$(B)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' $(call quote,$(COMPILE)) | cmp -s - $@ || printf '%s\n' $(call quote,$(COMPILE)) >$@
$(B)/objects: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' $(OBJ) | cmp -s - $@ || printf '%s\n' $(OBJ) >$@
quote = '$(subst ','\'',$(1))'
FORCE:

$(LIB): $(filter-out $(MAIN),$(OBJ)) $(B)/objects
	$(if $(Q),@echo "  AR    $@")
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $(filter %.o,$^)

# Folders are prerequisites too: adding or removing a file changes their time.
# A binary for test/fault has one step more, so that there is a migration of a database with data.
MIGRATIONS := migrations $(if $(filter 1,$(FAULTS)),test/fault/migrations)
$(B)/gen/embed_migrations.c: src/base/embed.sh $(shell find $(MIGRATIONS) -not -name '.*' 2>/dev/null)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  EMBED migrations")
	$(Q)src/base/embed.sh migrations $(MIGRATIONS) >$@
$(B)/gen/embed_page.c: src/base/embed.sh $(or $(PAGE_READY),$(wildcard $(PAGE)/*)) $(B)/page
	@mkdir -p $(@D)
	$(if $(Q),@echo "  EMBED $(PAGE)")
	$(Q)src/base/embed.sh page $(PAGE) >$@
# WEB=0 after WEB=1, or back, embeds anew.
$(B)/page: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' $(PAGE) | cmp -s - $@ || printf '%s\n' $(PAGE) >$@
src/web/node_modules/.package-lock.json: src/web/package-lock.json | build-deps
	$(if $(Q),@echo "  NPM   src/web")
	$(Q)npm ci --ignore-scripts --no-audit --no-fund --loglevel=error --prefix src/web
	@touch $@
build/web.made: $(WEB_SRC) src/web/node_modules/.package-lock.json
	@mkdir -p $(@D)
	$(Q)node src/web/build.mjs build/web
	@touch $@

# ── tests ──
$(UNIT): $(B)/%: $(B)/%.o $(LIB)
	$(if $(Q),@echo "  LINK  $@")
	$(Q)$(LINK) -o $@ $^ $(LIBS) $(CHECK_LIBS)

define tool_rule
$(B)/test/$(notdir $(1:.c=)): $(B)/$(1:.c=.o) $(LIB)
	$$(if $$(Q),@echo "  LINK  $$@")
	$$(Q)$$(LINK) -o $$@ $$^ $$(LIBS) $$(CHECK_LIBS)
endef
$(foreach s,$(TOOL_SRC),$(eval $(call tool_rule,$s)))

# Comes between a server and its disk (LD_PRELOAD).
DISK := $(B)/test/disk.so
$(DISK): test/fault/disk.c $(B)/flags
	@mkdir -p $(@D)
	$(if $(Q),@echo "  CC    $@")
	$(Q)$(CC) -D_GNU_SOURCE -std=c11 $(WARN) -O2 -g -fPIC -shared -o $@ $< -lpthread

test-tools: $(call tools,$(WIRE_SRC) $(FAULT_SRC)) $(DISK)

## test: install what is missing, build, run every test but the sanitizers'
test:
	@.ci/deps --install build test
	@$(MAKE) all
	@$(MAKE) npm || echo "npm failed: the tests that need it will say so"
	@# What does not build is run all the same, under a name that is not there: so it counts.
	@unbuilt=; $(MAKE) -k $(UNIT) test-tools || unbuilt=a-test-that-did-not-build; \
	    $(MAKE) FAULTS=1 B=$(FAULTS_B) all || unbuilt=a-test-that-did-not-build; \
	    LINNET=$(abspath $(B)/linnet) LINNET_FAULTS=$(abspath $(FAULTS_B)/linnet) \
	    test/run $$unbuilt $(UNIT) test/wire/run test/fault/run test/web/run

## unit: build and run the unit tests
unit: $(UNIT)
	@test/run $(UNIT)

## docs: rewrite the tables of src/api/protocol.md from the code
.PHONY: docs
docs: $(B)/test/unit/api/check_protocol
	@LINNET_WRITE_DOCS=1 $<

## wire: the real binary on real sockets
wire: all npm test-tools
	@LINNET=$${LINNET:-$(abspath $(B)/linnet)} test/run test/wire/run

## fault: kill, full disk, failing disk
fault: all npm test-tools
	@$(MAKE) FAULTS=1 B=$(FAULTS_B) all
	@LINNET=$${LINNET:-$(abspath $(B)/linnet)} LINNET_FAULTS=$(abspath $(FAULTS_B)/linnet) \
	    test/run test/fault/run

## web: the client in Chromium
.PHONY: web
web: all npm
	@LINNET=$${LINNET:-$(abspath $(B)/linnet)} test/run test/web/run

## fault-long: 10,000 states after a power cut and 1,000 kills (about two hours); SEED=n
.PHONY: fault-long
fault-long: all npm test-tools
	@$(MAKE) FAULTS=1 B=$(FAULTS_B) all
	@LINNET=$(abspath $(B)/linnet) LINNET_FAULTS=$(abspath $(FAULTS_B)/linnet) LIMIT_S=36000 \
	    RUNS=500 STATES=20 CYCLES=1000 test/fault/run power.mjs kill.mjs

## bench: the figures and the peers', medians of three runs (ten minutes; a quiet machine)
bench: all $(call tools,$(BENCH_SRC))
	@for d in bench/peers web wire; do [ -d test/$$d/node_modules ] || \
	    npm ci --no-audit --no-fund --prefix test/$$d || true; done
	@BENCH_BUILD=$(abspath $(B)) test/bench/run

# Node packages for the tests; no new packages, exactly what the lock file says.
npm:
	@for at in test/wire test/web; do \
	    [ $$at/node_modules -nt $$at/package-lock.json ] && continue; \
	    npm ci --no-audit --no-fund --prefix $$at || exit 1; touch $$at/node_modules; done

## fuzz: libFuzzer targets under ASan and UBSan, their corpus first; FUZZ_S=30 seconds each
FUZZ_S ?= 30
fuzz:
	@.ci/deps fuzz
	@$(MAKE) CC=clang SANITIZE=address,undefined,fuzzer-no-link B=build/fuzz fuzzed
.PHONY: fuzz fuzzed
fuzzed: LINNET_LDFLAGS += -fsanitize=fuzzer
fuzzed: CHECK_LIBS =
$(B)/test/fuzz_http_twin: LIBS += -lhttp_parser
fuzzed: $(call tools,$(FUZZ_SRC))
	@FUZZ_S=$(FUZZ_S) test/fuzz/run $^

## debug: build build/debug/linnet without the optimiser
debug:
	@$(MAKE) DEBUG=1 all

## tsan: the stress tests, and the store's unit tests, under ThreadSanitizer
tsan:
	@$(MAKE) SANITIZE=thread FAULTS=1 stress
.PHONY: stress
stress: all npm $(call tools,$(STRESS_SRC)) $(filter $(B)/test/unit/store/%,$(UNIT))
	@CK_TIMEOUT_MULTIPLIER=10 TSAN_OPTIONS=exitcode=66 LINNET=$(abspath $(B)/linnet) test/run \
	    $(call tools,$(STRESS_SRC)) $(filter $(B)/test/unit/store/%,$(UNIT)) test/stress/run

## asan: unit and wire tests under AddressSanitizer and UBSan
asan:
	@$(MAKE) SANITIZE=address,undefined sanitized
.PHONY: sanitized
sanitized: all npm $(UNIT) test-tools
	@# The null: a test asks for more memory than there is, and expects our own words.
	@ASAN_OPTIONS=allocator_may_return_null=1:detect_leaks=1:quarantine_size_mb=8 CK_TIMEOUT_MULTIPLIER=5 LINNET=$(abspath $(B)/linnet) test/run $(UNIT) test/wire/run test/stress/run

## valgrind: the unit tests under memcheck (some minutes)
valgrind:
	@.ci/deps --install build test valgrind
	@$(MAKE) DEBUG=1 memchecked
.PHONY: valgrind memchecked coverage covered
# Not check_mem, which asks for an impossible size on purpose, nor check_listener, which lowers the
# limit of descriptors: valgrind reports the one and keeps the other to itself.
MEMCHECKED = $(filter-out %/check_mem %/check_listener,$(UNIT))
memchecked: $(UNIT)
	@CK_TIMEOUT_MULTIPLIER=30 UNDER="valgrind -q --error-exitcode=9 --leak-check=full \
	    --show-leak-kinds=definite --errors-for-leak-kinds=definite" test/run $(MEMCHECKED)

## coverage: lines that the unit, wire and fault tests run, by layer; fails below the floor
coverage:
	@.ci/deps --install build test
	@$(MAKE) COVERAGE=1 FAULTS=1 covered
covered: all npm $(UNIT) test-tools
	@find $(B) -name '*.gcda' -delete
	@LINNET=$(abspath $(B)/linnet) LINNET_FAULTS=$(abspath $(B)/linnet) CK_TIMEOUT_MULTIPLIER=5 \
	    test/run $(UNIT) test/wire/run test/fault/run || true
	@test/coverage.sh $(B)

# ── checks ──
## lint: clang-tidy, gcc's analyzer and cppcheck; FILES="src/rt/loop.c …" for some files only
FILES ?= $(wildcard src/*/*.c)
# clang-tidy's stderr only counts suppressed warnings; findings and errors come on stdout.
LINT_FLAGS := -std=c11 -D_GNU_SOURCE -DLN_VERSION=\"$(VERSION)\" -Iinclude \
	-include linnet/base/banned.h $(PKG_CFLAGS)
lint:
	@.ci/deps lint
	@printf '%s\n' $(FILES) | xargs -P "$$(nproc)" -n 1 sh -c 'clang-tidy --quiet --warnings-as-errors="*" \
	    "$$1" -- $(LINT_FLAGS) 2>/dev/null' _
	@printf '%s\n' $(FILES) | xargs -P "$$(nproc)" -n 1 sh -c 'gcc $(LINT_FLAGS) -O1 -fanalyzer -Werror \
	    -c -o /dev/null "$$1"' _
	@if command -v cppcheck >/dev/null; then cppcheck --enable=warning,portability \
	    --error-exitcode=1 --inline-suppr --quiet --std=c11 -D_GNU_SOURCE -DLN_VERSION='""' -Iinclude \
	    --include=/usr/include/$$($(CC) -print-multiarch)/sys/queue.h \
    --suppress=missingIncludeSystem --suppress=checkersReport $(FILES); fi

## web-check: the client's types
web-check: src/web/node_modules/.package-lock.json
	@cd src/web && node node_modules/typescript/bin/tsc --noEmit && node node_modules/typescript/bin/tsc -p tsconfig.sw.json

## format: reformat all C
format:
	@clang-format-14 -i $(ALL_C) $(ALL_H) $(wildcard src/*/*.h test/*/*.h)

## format-check: fail where `make format` would change something
format-check:
	@clang-format-14 --dry-run -Werror $(ALL_C) $(ALL_H) $(wildcard src/*/*.h test/*/*.h)

## layers-check: no #include against the ranks of src/README.md
layers-check:
	@test/layers-check.sh

## headers-check: every header compiles alone
headers-check:
	@for cc in gcc clang; do command -v $$cc >/dev/null || continue; \
	    for h in $(ALL_H); do \
	        $$cc $(filter-out -include linnet/base/banned.h,$(LINNET_CPPFLAGS)) -std=c11 $(WARN) \
	            -fsyntax-only -x c - <<<"#include \"$${h#include/}\"" || { echo "$$h: $$cc"; exit 1; }; \
	    done; done; echo "$(words $(ALL_H)) headers compile alone"

# ── installation ──
SHARE = $(DESTDIR)$(PREFIX)/share
## install: binary, example configuration, man pages, completions (DESTDIR=, PREFIX=/usr/local)
install: all
	install -D -m 755 $(B)/linnet $(DESTDIR)$(PREFIX)/bin/linnet
	install -D -m 644 conf/linnet.conf $(SHARE)/doc/linnet/linnet.conf
	install -D -m 644 LICENSE $(SHARE)/doc/linnet/LICENSE
	install -d $(SHARE)/man/man1
	$(B)/linnet man -o $(SHARE)/man/man1
	install -d $(SHARE)/bash-completion/completions $(SHARE)/zsh/site-functions \
	    $(SHARE)/fish/vendor_completions.d
	$(B)/linnet completion bash >$(SHARE)/bash-completion/completions/linnet
	$(B)/linnet completion zsh >$(SHARE)/zsh/site-functions/_linnet
	$(B)/linnet completion fish >$(SHARE)/fish/vendor_completions.d/linnet.fish

## clean: remove build/
clean:
	rm -rf build

## help: this list
help:
	@sed -n 's/^## \([a-z-]*\): \(.*\)/  \1|\2/p' Makefile | \
	    awk -F'|' '{ printf "%-16s %s\n", $$1, $$2 }'

-include $(OBJ:.o=.d) $(UNIT:=.d) $(TOOL_SRC:%.c=$(B)/%.d)

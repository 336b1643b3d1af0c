# Tests that run on the host: what is pure is compiled natively, under the address and
# undefined-behaviour sanitizers. tests/host/test_*.c are cmocka tests, one binary each; a test
# names the sources it needs in a line of its own: "// sources: lib/parse.c lib/string.c".

HOST_CC       := clang
HOST_BUILD    := build/host
HOST_SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all
HOST_CFLAGS   := -std=gnu11 -O1 -g -fno-omit-frame-pointer -Wall -Wextra -Werror -I. \
                 $(HOST_SANITIZE)
FUZZ_RUNS     := 200000

# The kernel's string functions must not take the place of the host's, which the sanitizers rely on.
HOST_RENAME_lib/string.c := -include tests/host/string_names.h

HOST_TESTS := $(patsubst tests/host/%.c,%,$(sort $(wildcard tests/host/test_*.c)))
HOST_FUZZ  := $(patsubst tests/host/%.c,%,$(sort $(wildcard tests/host/fuzz_*.c)))

# $(call host-objects,FOLDER,NAME): the objects of one test and of the sources it names.
host-objects = $(patsubst %.c,$(HOST_BUILD)/$(1)/%.o,tests/host/$(2).c \
               $(shell sed -n 's,^// sources: *,,p' tests/host/$(2).c))

$(HOST_BUILD)/test.d/%.o: %.c mk/host.mk | tools-ready
	@mkdir -p $(@D)
	$(HOST_CC) $(HOST_CFLAGS) $(HOST_RENAME_$<) -MMD -MP -c $< -o $@

$(HOST_BUILD)/fuzz.d/%.o: %.c mk/host.mk | tools-ready
	@mkdir -p $(@D)
	$(HOST_CC) $(HOST_CFLAGS) $(HOST_RENAME_$<) -fsanitize=fuzzer-no-link -MMD -MP -c $< -o $@

define HOST_TEST_RULE
$(HOST_BUILD)/$(1): $(call host-objects,test.d,$(1))
	$(HOST_CC) $(HOST_SANITIZE) $$^ -lcmocka -o $$@
endef
$(foreach test,$(HOST_TESTS),$(eval $(call HOST_TEST_RULE,$(test))))

define HOST_FUZZ_RULE
$(HOST_BUILD)/$(1): $(call host-objects,fuzz.d,$(1))
	$(HOST_CC) $(HOST_SANITIZE) -fsanitize=fuzzer $$^ -o $$@
endef
$(foreach fuzz,$(HOST_FUZZ),$(eval $(call HOST_FUZZ_RULE,$(fuzz))))

.PHONY: host-test
host-test: $(HOST_TESTS:%=$(HOST_BUILD)/%) ## run the unit tests of the pure parts on the host
	@failed=; for test in $^; do echo "# $$test"; $$test || failed="$$failed $$test"; done; \
	test -z "$$failed" || { echo "failed:$$failed"; exit 1; }

# The corpus is made anew for each run, so that a run does not depend on the one before. The parser's
# begins with well-formed inputs, the others with nothing.
.PHONY: host-fuzz
host-fuzz: $(HOST_FUZZ:fuzz_%=fuzz-%) ## run the fuzzers of the pure parts, the same way each time

fuzz-%: $(HOST_BUILD)/fuzz_%
	@rm -rf $(HOST_BUILD)/corpus/$*
	@mkdir -p $(HOST_BUILD)/corpus/$*
	@test ! -f tests/host/$*_seeds.py || python3 tests/host/$*_seeds.py $(HOST_BUILD)/corpus/$*
	$< -runs=$(FUZZ_RUNS) -seed=1 -timeout=5 -max_len=1024 -print_final_stats=1 \
	    -artifact_prefix=$(HOST_BUILD)/ $(HOST_BUILD)/corpus/$*

-include $(shell find $(HOST_BUILD) -name '*.d' -type f 2>/dev/null)

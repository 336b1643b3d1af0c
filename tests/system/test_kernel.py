"""The kernel's own tests on every configuration: an item per configuration and test, one boot per
configuration."""
from fnmatch import fnmatchcase

import kernelrun
import pytest
from configurations import ALLOWED_SKIPS, CONFIGURATIONS


def _in_one_worker(configuration, *values):
    """Parameters whose items share the boot of their configuration."""
    return pytest.param(configuration.name, *values,
                        id="-".join((configuration.name, *values)),
                        marks=pytest.mark.xdist_group(configuration.name))


def _may_skip(configuration, case):
    return any(fnmatchcase(configuration, pattern) and fnmatchcase(case, names)
               for pattern, names in ALLOWED_SKIPS)


def test_the_kernel_has_tests():
    assert kernelrun.KERNEL.exists(), "build it with `make`"
    assert kernelrun.ISO.exists(), "build it with `make iso`"
    assert kernelrun.test_names(), "no symbol ktest_case__SUITE__NAME in the kernel"


@pytest.mark.parametrize("configuration", [_in_one_worker(one) for one in CONFIGURATIONS])
def test_boot(configuration):
    """The run is whole: every test reported, in order, and the verdict fits the results."""
    done = kernelrun.self_test(configuration)
    if done.broken:
        pytest.fail(done.explain(), pytrace=False)
    assert sorted(done.results) == kernelrun.test_names()


@pytest.mark.parametrize("configuration, case", [
    _in_one_worker(one, case) for one in CONFIGURATIONS for case in kernelrun.test_names()])
def test_case(configuration, case):
    done = kernelrun.self_test(configuration)
    if done.broken:
        pytest.fail(f"the boot failed, see test_boot[{configuration}]", pytrace=False)
    result = done.results.get(case)
    if not result:
        pytest.fail("it did not report", pytrace=False)
    if not result.ok:
        pytest.fail("\n".join(result.diagnostics) or "it gave no reason", pytrace=False)
    if result.skipped is not None:
        if not _may_skip(configuration, case):
            pytest.fail(f"it must not be skipped here: {result.skipped}", pytrace=False)
        pytest.skip(result.skipped)

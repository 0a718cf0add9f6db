from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from scipy.optimize import OptimizeResult as ScipyResult
from scipy.optimize import minimize

from calcguide.results import MESSAGES, History, IntermediateResult, OptimizeResult, Status


def result(status):
    history = History(np.zeros((1, 2)), np.zeros(1), np.zeros(1))
    return OptimizeResult(
        x=np.zeros(2),
        fun=0.0,
        jac=np.zeros(2),
        nit=0,
        nfev=1,
        njev=1,
        status=status,
        history=history,
    )


@pytest.mark.parametrize("status", Status)
def test_every_status_has_a_message_of_its_own(status):
    assert MESSAGES[status] == result(status).message
    assert list(MESSAGES.values()).count(MESSAGES[status]) == 1


@pytest.mark.parametrize("status", Status)
def test_only_convergence_is_a_success(status):
    assert (status is Status.CONVERGED) is result(status).success


def test_success_has_the_status_zero_of_scipy():
    assert Status.CONVERGED == 0
    assert [0, 1, 2, 3, 4] == sorted(Status)


def test_the_fields_are_those_of_scipy():
    expected = minimize(lambda x: (x @ x, 2 * x), [1.0, 2.0], jac=True)
    assert isinstance(expected, ScipyResult)
    common = set(expected) - {"hess_inv"}
    assert {"x", "fun", "jac", "nit", "nfev", "njev", "status", "success", "message"} == common
    assert all(hasattr(result(Status.CONVERGED), name) for name in common)


def test_results_cannot_be_changed():
    outcome = result(Status.CONVERGED)
    with pytest.raises(FrozenInstanceError):
        outcome.fun = 1.0
    with pytest.raises(FrozenInstanceError):
        outcome.history.fun = np.ones(1)
    with pytest.raises(FrozenInstanceError):
        IntermediateResult(x=np.zeros(1), fun=0.0, jac=np.zeros(1), nit=1).nit = 2


def test_printing_a_result_leaves_out_its_history():
    text = repr(result(Status.CONVERGED))
    assert "status=<Status.CONVERGED: 0>" in text
    assert "history" not in text

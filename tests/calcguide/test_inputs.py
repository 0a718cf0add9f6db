"""Every public function takes numbers in the forms that users have, or says what is wrong."""

from functools import partial

import numpy as np
import pandas as pd
import pytest

from calcguide import convergence, derivatives, gradient_descent, newton, objectives

POINT = [1.0, -2.0, 3.0]
MATRIX = [[4.0, 1.0, 0.0], [1.0, 3.0, 1.0], [0.0, 1.0, 5.0]]
FALLING = [8.0, 4.0, 2.0, 1.0]


def fun(x):
    return ((x - 1) ** 2).sum()


def jac(x):
    return 2 * (x - 1)


def hess(x):
    return 2 * np.eye(x.size)


def smooth(method, **kwargs):
    return lambda x: method(fun, x, jac=jac, **kwargs).x


def penalty(x):
    return np.abs(x).sum()


def prox(v, step):
    return np.sign(v) * np.maximum(np.abs(v) - step, 0)


# By the name of the function, from the array in question to a result. Integers must do.
VECTORS = {
    "derivative": partial(derivatives.derivative, np.sin),
    "gradient": partial(derivatives.gradient, fun),
    "jacobian": partial(derivatives.jacobian, jac),
    "hessian": partial(derivatives.hessian, fun),
    "check_gradient": lambda x: derivatives.check_gradient(fun, jac, x).numerical,
    "gradient_descent": smooth(gradient_descent.gradient_descent, learning_rate=0.1),
    "momentum": smooth(gradient_descent.momentum, learning_rate=0.1),
    "nesterov": smooth(gradient_descent.nesterov, learning_rate=0.1),
    "adam": smooth(gradient_descent.adam, learning_rate=0.1),
    "proximal_gradient": smooth(
        gradient_descent.proximal_gradient, prox=prox, penalty=penalty, learning_rate=0.1
    ),
    "newton": smooth(newton.newton, hess=hess),
    "bfgs": smooth(newton.bfgs),
    "newton_direction": partial(newton.newton_direction, MATRIX),
    "secant_update": lambda x: newton.secant_update(np.eye(3), x, POINT),
    "secant_update, change": partial(newton.secant_update, np.eye(3), POINT),
    "is_converged": convergence.is_converged,
    "aitken": convergence.aitken,
    "convergence_rate": convergence.convergence_rate,
    "convergence_order": lambda x: convergence.convergence_order(np.abs(x)),
    "order_of_accuracy": lambda x: convergence.order_of_accuracy([1, 2, 3], np.abs(x)),
    "quadratic": lambda x: objectives.quadratic(MATRIX, x).x_min,
    "quadratic.fun": objectives.quadratic(MATRIX).fun,
    "quadratic.jac": objectives.quadratic(MATRIX).jac,
    "quadratic.hess": objectives.quadratic(MATRIX).hess,
    "rosenbrock.fun": objectives.rosenbrock(3).fun,
    "rosenbrock.jac": objectives.rosenbrock(3).jac,
    "rosenbrock.hess": objectives.rosenbrock(3).hess,
    "styblinski_tang.fun": objectives.styblinski_tang(3).fun,
    "styblinski_tang.jac": objectives.styblinski_tang(3).jac,
    "double_well.fun": objectives.double_well(3).fun,
    "double_well.hess": objectives.double_well(3).hess,
    "himmelblau.fun": lambda x: objectives.himmelblau().fun(x[:2]),
    "himmelblau.jac": lambda x: objectives.himmelblau().jac(x[:2]),
    "beale.fun": lambda x: objectives.beale().fun(x[:2]),
    "beale.hess": lambda x: objectives.beale().hess(x[:2]),
    "booth.fun": lambda x: objectives.booth().fun(x[:2]),
    "booth.jac": lambda x: objectives.booth().jac(x[:2]),
}
MATRICES = {
    "derivative": partial(derivatives.derivative, np.sin),
    "gradient": partial(derivatives.gradient, fun),
    "check_gradient": lambda x: derivatives.check_gradient(fun, jac, x).numerical,
    "newton_direction": lambda A: newton.newton_direction(A, POINT),
    "secant_update": lambda A: newton.secant_update(A, POINT, POINT),
    "quadratic": lambda A: objectives.quadratic(A, POINT).x_min,
    "rosenbrock.fun": objectives.rosenbrock(3).fun,
}


def read_only(array):
    array.flags.writeable = False
    return array


FORMS = {
    "list": lambda a: a.tolist(),
    "integers": lambda a: a.astype(np.int32),
    "small integers": lambda a: a.astype(np.int8),
    "float32": lambda a: a.astype(np.float32),
    "read-only": read_only,
    "not contiguous": lambda a: np.repeat(a, 2, axis=-1)[..., ::2],
    "big-endian": lambda a: a.astype(">f8"),
    "masked, with no mask set": np.ma.masked_invalid,
}
OF_VECTORS = FORMS | {
    "tuple": tuple,
    "Series": lambda a: pd.Series(a, index=list("cab")[: a.size]),
    "Series of integers": lambda a: pd.Series(a, index=[7, 7, 7], dtype="Int64"),
}
OF_MATRICES = FORMS | {
    "Fortran order": np.asfortranarray,
    "DataFrame": lambda a: pd.DataFrame(a, index=list("cab"), columns=list("xyz")),
    "mixed DataFrame": lambda a: pd.DataFrame({0: a[:, 0], 1: a[:, 1].astype(int), 2: a[:, 2]}),
}


def holds(expected, call, form, values):
    given = form(np.array(values))
    before = given.copy() if hasattr(given, "copy") else given
    np.testing.assert_allclose(call(given), expected, rtol=1e-6, atol=1e-9)
    np.testing.assert_array_equal(np.asarray(before), np.asarray(given))


@pytest.mark.parametrize("form", OF_VECTORS.values(), ids=OF_VECTORS)
@pytest.mark.parametrize("call", VECTORS.values(), ids=VECTORS)
def test_vectors_of_any_form_are_taken(call, form):
    holds(call(np.array(POINT)), call, form, POINT)


@pytest.mark.parametrize("form", OF_MATRICES.values(), ids=OF_MATRICES)
@pytest.mark.parametrize("call", MATRICES.values(), ids=MATRICES)
def test_matrices_of_any_form_are_taken(call, form):
    holds(call(np.array(MATRIX)), call, form, MATRIX)


REFUSED = {
    "text": lambda a: a.astype(str),
    "objects": lambda a: a.astype(object),
    "complex": lambda a: a + 1j,
    "dates": lambda a: a.astype("datetime64[D]"),
    "masked": lambda a: np.ma.masked_less(a, a.max()),
    "Series with text": lambda a: pd.Series(a.ravel()[:3]).astype(str),
}
NAMES = r"^(x|x0|values|errors|step|change|steps|grad|hess|b|A) must "
# Their values may be complex: that of the complex step.
COMPLEX = {name for name in VECTORS if name.endswith(".fun")}


@pytest.mark.parametrize("form", REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("name", VECTORS)
def test_what_is_no_vector_of_real_numbers_is_refused_by_name(name, form):
    if form is REFUSED["complex"] and name in COMPLEX:
        return
    if name in ("convergence_order", "order_of_accuracy"):  # np.abs would refuse it first
        calls = {
            "convergence_order": convergence.convergence_order,
            "order_of_accuracy": partial(convergence.order_of_accuracy, [1, 2, 3]),
        }
    else:
        calls = VECTORS
    with pytest.raises(TypeError, match=NAMES):
        calls[name](form(np.array(POINT)))


@pytest.mark.parametrize("wrap", [pd.Series, list, tuple, np.float32, np.asfortranarray])
def test_functions_may_return_values_of_any_form(wrap):
    for name in ("gradient_descent", "momentum", "nesterov", "adam"):
        method = getattr(gradient_descent, name)
        result = method(fun, POINT, jac=lambda x: wrap(jac(x)), learning_rate=0.1)
        expected = method(fun, POINT, jac=jac, learning_rate=0.1)
        np.testing.assert_allclose(result.x, expected.x, atol=1e-5)
    result = newton.newton(
        lambda x: np.array([fun(x)]),
        POINT,
        jac=lambda x: wrap(jac(x)),
        hess=lambda x: pd.DataFrame(hess(x)),
    )
    np.testing.assert_allclose(result.x, 1, atol=1e-5)
    np.testing.assert_allclose(newton.bfgs(fun, POINT, jac=lambda x: wrap(jac(x))).x, 1, atol=1e-5)
    np.testing.assert_allclose(
        derivatives.jacobian(lambda x: wrap(jac(x)), POINT, step=0.25), 2 * np.eye(3), atol=1e-6
    )
    report = derivatives.check_gradient(fun, lambda x: wrap(jac(x)), POINT, rtol=1e-4)
    assert report.success, report


@pytest.mark.parametrize("bad", [1j * np.ones(3), np.array(["a"] * 3), np.array([None] * 3)])
def test_gradients_that_are_no_real_numbers_are_refused_by_name(bad):
    for call in (
        lambda: gradient_descent.gradient_descent(fun, POINT, jac=lambda x: bad, learning_rate=0.1),
        lambda: newton.newton(fun, POINT, jac=lambda x: bad, hess=hess),
        lambda: newton.bfgs(fun, POINT, jac=lambda x: bad),
        lambda: derivatives.check_gradient(fun, lambda x: bad, POINT),
        lambda: derivatives.hessian(fun, POINT, jac=lambda x: bad),
    ):
        with pytest.raises(TypeError, match="jac must"):
            call()


def test_large_integers_do_not_overflow():
    for name in ("rosenbrock", "styblinski_tang", "double_well"):
        objective = getattr(objectives, name)(2)
        point = np.array([100_000, 200_000])
        np.testing.assert_allclose(objective(point), objective(point.astype(float)), rtol=1e-15)

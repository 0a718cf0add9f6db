"""What users bring to the statistical modules: every public function takes it, or refuses by name.

A case is a function and its arguments as plain arrays and numbers. It is called with each array
in turn in every other form: the result has to be the same, and the array as it was.
"""

from dataclasses import fields, is_dataclass
from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from calcguide import (
    convolution,
    factorization,
    linear_models,
    losses,
    networks,
    options,
    plots,
    recurrent,
    regularization,
    roc,
    schedules,
    survival,
)

rng = np.random.default_rng(0)
# Small whole numbers are exact in every type.
X = rng.integers(0, 5, size=(12, 2)).astype(float)
V = np.arange(1.0, 13.0)
Y = (np.arange(12) * 5 % 7 % 2).astype(float)
TIMES = 1.0 + np.arange(12) * 7 % 12
IMAGE = rng.integers(-4, 5, size=(2, 1, 4, 4)).astype(float)
KERNEL = rng.integers(-4, 5, size=(3, 1, 2, 2)).astype(float)
USERS, ITEMS = np.array([0, 0, 1, 1, 2]), np.array([0, 1, 0, 1, 1])
RATINGS = np.array([1.0, -1.0, 2.0, 0.0, 3.0])
PROBLEM = USERS, ITEMS, RATINGS, (3, 2, 1), 0.5
THETA = np.arange(10.0) - 4
LAYERS = [(np.ones((2, 3)), np.zeros(3)), (np.eye(3), np.ones(3))]
CELLS = [np.eye(4, 3), np.eye(3), np.zeros(3), np.ones((3, 4)), np.arange(4.0)]
SYMBOLS = np.array([[0, 1], [2, 3], [1, 1]])


def on_new_axes(function):
    return lambda *args: function(*args, ax=Figure().subplots())


CASES = {
    "convolution.conv2d": (convolution.conv2d, IMAGE, KERNEL, np.arange(3.0)),
    "convolution.conv2d_backward": (
        convolution.conv2d_backward,
        np.ones((2, 3, 3, 3)),
        IMAGE,
        KERNEL,
    ),
    "convolution.max_pool2d": (convolution.max_pool2d, IMAGE, 2),
    "convolution.max_pool2d_backward": (
        convolution.max_pool2d_backward,
        np.ones((2, 1, 2, 2)),
        IMAGE,
        2,
    ),
    "convolution.avg_pool2d": (convolution.avg_pool2d, IMAGE, 2),
    "convolution.avg_pool2d_backward": (
        convolution.avg_pool2d_backward,
        np.ones((2, 1, 2, 2)),
        IMAGE,
        2,
    ),
    "factorization.pack": (factorization.pack, V[:3], V[:2], np.ones((3, 1)), np.ones((2, 1))),
    "factorization.unpack": (factorization.unpack, THETA, (3, 2, 1)),
    "factorization.predict_ratings": (
        factorization.predict_ratings,
        THETA,
        USERS,
        ITEMS,
        (3, 2, 1),
    ),
    "factorization.factorization_loss": (factorization.factorization_loss, THETA, *PROBLEM),
    "factorization.factorization_gradient": (factorization.factorization_gradient, THETA, *PROBLEM),
    "factorization.alternating_least_squares": (
        factorization.alternating_least_squares,
        THETA,
        *PROBLEM,
    ),
    "factorization.stochastic_gradient_descent": (
        lambda *args: factorization.stochastic_gradient_descent(
            *args, learning_rate=0.01, rng=np.random.default_rng(0), maxiter=3
        ),
        THETA,
        *PROBLEM,
    ),
    "linear_models.add_intercept": (linear_models.add_intercept, X),
    "linear_models.standardize": (linear_models.standardize, X),
    "linear_models.least_squares": (linear_models.least_squares, X, V),
    "linear_models.least_squares_loss": (linear_models.least_squares_loss, V[:2], X, V),
    "linear_models.least_squares_gradient": (linear_models.least_squares_gradient, V[:2], X, V),
    "linear_models.least_squares_hessian": (linear_models.least_squares_hessian, X),
    "linear_models.ridge": (linear_models.ridge, X, V, 0.5),
    "linear_models.ridge_path": (linear_models.ridge_path, X, V, V[:3]),
    "linear_models.lasso": (linear_models.lasso, X, V, 0.5),
    "linear_models.lasso_path": (linear_models.lasso_path, X, V, V[:3]),
    "linear_models.lasso_duality_gap": (linear_models.lasso_duality_gap, V[:2], X, V, 0.5),
    "linear_models.logistic_loss": (linear_models.logistic_loss, V[:2], X, Y),
    "linear_models.logistic_gradient": (linear_models.logistic_gradient, V[:2], X, Y),
    "linear_models.logistic_hessian": (linear_models.logistic_hessian, V[:2], X),
    "linear_models.logistic_regression": (linear_models.logistic_regression, X, Y),
    "linear_models.predict": (lambda x: linear_models.least_squares(X, V).predict(x), X),
    "linear_models.predict_proba": (
        lambda x: linear_models.logistic_regression(X, Y).predict_proba(x),
        X,
    ),
    "losses.squared_error": (losses.squared_error, V, Y),
    "losses.squared_error_gradient": (losses.squared_error_gradient, V, Y),
    "losses.half_squared_error": (losses.half_squared_error, V, Y),
    "losses.half_squared_error_gradient": (losses.half_squared_error_gradient, V, Y),
    "losses.huber": (losses.huber, V, Y),
    "losses.huber_gradient": (losses.huber_gradient, V, Y),
    "losses.sigmoid": (losses.sigmoid, X),
    "losses.cross_entropy": (losses.cross_entropy, V, Y),
    "losses.cross_entropy_gradient": (losses.cross_entropy_gradient, V, Y),
    "losses.softmax": (losses.softmax, X),
    "losses.softmax_cross_entropy": (losses.softmax_cross_entropy, X, Y.astype(int)),
    "losses.softmax_cross_entropy_gradient": (
        losses.softmax_cross_entropy_gradient,
        X,
        Y.astype(int),
    ),
    "networks.dense": (networks.dense, X, *LAYERS[0]),
    "networks.dense_backward": (networks.dense_backward, np.full((12, 3), 100.0), X, LAYERS[0][0]),
    "networks.tanh": (networks.tanh, X),
    "networks.tanh_backward": (networks.tanh_backward, X, 20 * X),
    "networks.relu": (networks.relu, X),
    "networks.relu_backward": (networks.relu_backward, X, X),
    "networks.mlp_forward": (networks.mlp_forward, LAYERS, X),
    "networks.mlp_loss": (networks.mlp_loss, LAYERS, X, Y.astype(int)),
    "networks.mlp_gradient": (networks.mlp_gradient, LAYERS, X, Y.astype(int)),
    "networks.flatten": (lambda W, b: networks.flatten([(W, b)]), *LAYERS[0]),
    "networks.unflatten": (networks.unflatten, np.arange(9.0), (2, 3)),
    "options.black_scholes": (options.black_scholes, V, 6.0, 0.0, 0.5, 1.0),
    "plots.plot_path": (on_new_axes(plots.plot_path), X),
    "plots.plot_history": (on_new_axes(plots.plot_history), V),
    "plots.plot_coef_path": (on_new_axes(plots.plot_coef_path), V, X),
    "plots.plot_contours": (
        lambda levels: plots.plot_contours(
            lambda x: x @ x,
            xlim=(0, 4),
            ylim=(0, 4),
            levels=levels,
            resolution=9,
            ax=Figure().gca(),
        ),
        V,
    ),
    "recurrent.rnn_states": (recurrent.rnn_states, CELLS, SYMBOLS, np.ones((2, 3))),
    "recurrent.rnn_logits": (recurrent.rnn_logits, CELLS, SYMBOLS, np.ones((2, 3))),
    "recurrent.rnn_loss": (recurrent.rnn_loss, CELLS, SYMBOLS, SYMBOLS),
    "recurrent.rnn_value_and_grad": (recurrent.rnn_value_and_grad, CELLS, SYMBOLS, SYMBOLS),
    "recurrent.rnn_sample": (
        lambda prompt: recurrent.rnn_sample(CELLS, prompt, 5, np.random.default_rng(0)),
        SYMBOLS[:, 0],
    ),
    "recurrent.clip_by_norm": (lambda x: recurrent.clip_by_norm([x], 1.0), X),
    "recurrent.state_jacobians": (recurrent.state_jacobians, CELLS, np.ones((2, 1, 3))),
    "recurrent.jacobian_products": (recurrent.jacobian_products, CELLS, np.ones((2, 1, 3))),
    "regularization.L1": (lambda a, w: regularization.L1(a)(w), V, V),
    "regularization.L1.gradient": (lambda a, w: regularization.L1(a).gradient(w), V, V),
    "regularization.L1.prox": (lambda a, w: regularization.L1(a).prox(w, 0.5), V, V),
    "regularization.L2": (lambda a, w: regularization.L2(a)(w), V, V),
    "regularization.L2.gradient": (lambda a, w: regularization.L2(a).gradient(w), V, V),
    "regularization.L2.prox": (lambda a, w: regularization.L2(a).prox(w, 0.5), V, V),
    "roc.roc_auc": (roc.roc_auc, Y, V),
    "roc.roc_curve": (roc.roc_curve, Y, V),
    "schedules.constant": (schedules.constant(0.5), np.arange(9)),
    "schedules.step_decay": (schedules.step_decay(0.5, factor=0.5, every=300), np.arange(9)),
    "schedules.exponential_decay": (schedules.exponential_decay(0.5, decay=0.1), np.arange(9)),
    "schedules.inverse_time_decay": (schedules.inverse_time_decay(0.5, decay=0.1), np.arange(9)),
    "schedules.cosine_decay": (schedules.cosine_decay(0.5, n_steps=300), np.arange(9)),
    "survival.weibull_loss": (survival.weibull_loss, np.ones(3), X, TIMES, Y),
    "survival.weibull_gradient": (survival.weibull_gradient, np.ones(3), X, TIMES, Y),
    "survival.weibull_hessian": (survival.weibull_hessian, np.ones(3), X, TIMES, Y),
    "survival.weibull_regression": (survival.weibull_regression, X, TIMES, Y),
    "survival.distribution": (
        lambda x: survival.weibull_regression(X, TIMES, Y).distribution(x).mean(),
        X,
    ),
}
# What draws, loads or takes functions and numbers only.
WITHOUT_ARRAYS = {
    "convolution": set(),
    "factorization": {"Factors", "random_start"},
    "linear_models": {"MESSAGES", "FitStatus", "LinearModel", "LogisticModel"},
    "integration": {"Estimate", "expectation", "monte_carlo", "simpson", "trapezoid"},
    "networks": {"init_mlp"},
    "options": {"OptionValue"},
    "plots": {"plot_gradient_field", "plot_tangent"},
    "recurrent": {"init_rnn"},
    "roc": {"RocCurve"},
    "survival": {"MESSAGES", "WeibullModel", "WeibullStatus"},
}


def is_class(array):
    return array.dtype.kind in "ui"


def frame(array):
    return (
        pd.DataFrame(array)
        if array.ndim == 2
        else pd.Series(array, index=range(50, 50 + len(array)))
    )


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


# Each makes another form of an array of whole numbers, or returns None if it can't be.
FORMS = {
    "list": np.ndarray.tolist,
    "pandas": lambda a: frame(a) if a.ndim <= 2 else None,
    "pandas, nullable": lambda a: (
        frame(a).convert_dtypes(dtype_backend="numpy_nullable") if a.ndim <= 2 else None
    ),
    "int64": lambda a: a.astype(np.int64),
    "int8": lambda a: a.astype(np.int8),
    "float32": lambda a: None if is_class(a) else a.astype(np.float32),
    "float16": lambda a: None if is_class(a) else a.astype(np.float16),
    "long double": lambda a: None if is_class(a) else a.astype(np.longdouble),
    "big-endian": lambda a: a.astype(a.dtype.newbyteorder(">")),
    "Fortran order": lambda a: np.asfortranarray(a) if a.ndim > 1 else None,
    "every other one": lambda a: np.repeat(a, 2, axis=0)[::2],
    "backwards": lambda a: a[::-1].copy()[::-1],
    "read-only": read_only,
    "masked, with no mask": np.ma.masked_array,
}
# Arrays that none of the functions can use, in types that NumPy would convert silently.
WRONG = {
    "text": lambda a: a.astype(str),
    "complex": lambda a: a.astype(complex),
    "dates": lambda a: a.astype("datetime64[D]"),
    "objects": lambda a: np.full(a.shape, None, dtype=object),
    "masked": lambda a: np.ma.masked_array(a, mask=np.arange(a.size).reshape(a.shape) == 0),
}


def positions(arguments):
    return [i for i, argument in enumerate(arguments) if isinstance(argument, np.ndarray)]


def values(result):
    """Return all numbers of a result, whatever holds them."""
    if is_dataclass(result):
        result = [getattr(result, field.name) for field in fields(result)]
    if isinstance(result, Axes):
        result = [line.get_xydata() for line in result.lines]
    if isinstance(result, (list, tuple)):
        return [value for part in result for value in values(part)]
    return [result]


def test_every_public_function_is_here():
    modules = {name.partition(".")[0] for name in CASES} | set(WITHOUT_ARRAYS)
    for module in modules:
        named = {name.split(".")[1] for name in CASES if name.startswith(f"{module}.")}
        public = set(import_module(f"calcguide.{module}").__all__)
        assert public <= named | WITHOUT_ARRAYS.get(module, set()), module


@pytest.mark.parametrize("name", CASES)
def test_other_forms_give_the_same(name):
    function, *arguments = CASES[name]
    expected = values(function(*arguments))
    for i in positions(arguments):
        for form, made in FORMS.items():
            other = made(arguments[i])
            if other is None:
                continue
            before = np.array(other)
            try:
                result = values(function(*arguments[:i], other, *arguments[i + 1 :]))
            except TypeError as error:
                # NumPy can't tell what a table of such columns holds.
                assert "nullable" in form and "dtype object" in str(error), form  # noqa: PT017, PT018
                continue
            for one, two in zip(expected, result, strict=True):
                assert type(one) is type(two), form
                assert getattr(one, "dtype", float) == getattr(two, "dtype", float) or (
                    form == "long double"
                ), form
                # The order of sums depends on the layout.
                np.testing.assert_allclose(two, one, rtol=1e-12, atol=1e-13, err_msg=form)
            np.testing.assert_array_equal(before, np.array(other), err_msg=form)


@pytest.mark.parametrize("name", CASES)
def test_what_is_no_array_of_numbers_is_refused_by_name(name):
    function, *arguments = CASES[name]
    for i in positions(arguments):
        for made in WRONG.values():
            wrong = made(arguments[i])
            with pytest.raises((TypeError, ValueError), match=r"must (be|hold|not be)"):
                function(*arguments[:i], wrong, *arguments[i + 1 :])


@pytest.mark.parametrize("name", CASES)
def test_results_share_no_memory_with_arguments(name):
    function, *arguments = CASES[name]
    for result in values(function(*arguments)):
        for i in positions(arguments):
            if name != "networks.unflatten":  # documented as views
                assert not np.shares_memory(np.asarray(result), arguments[i])

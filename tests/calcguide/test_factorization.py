from fractions import Fraction
from functools import partial

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.linear_model import Ridge

from calcguide.derivatives import check_gradient, hessian
from calcguide.factorization import (
    alternating_least_squares,
    factorization_gradient,
    factorization_loss,
    pack,
    predict_ratings,
    random_start,
    stochastic_gradient_descent,
    unpack,
)
from calcguide.gradient_descent import gradient_descent
from calcguide.results import Status
from calcguide.schedules import cosine_decay, inverse_time_decay

SHAPE = 9, 7, 3


@pytest.fixture
def known():
    """Two thirds of the cells of a 9 by 7 table; every user and every item has some."""
    rng = np.random.default_rng(0)
    users, items = np.nonzero(rng.random(SHAPE[:2]) < 0.67)
    assert set(range(9)) == set(users)
    assert set(range(7)) == set(items)
    return users, items, rng.normal(size=users.size)


def start(shape=SHAPE, seed=1, scale=0.5):
    return random_start(shape, scale=scale, rng=np.random.default_rng(seed))


def complete(matrix):
    users, items = (axis.ravel() for axis in np.indices(matrix.shape))
    return users, items, matrix.ravel()


def centred(shape, seed=3):
    """A matrix whose rows and columns have the mean 0: no bias can explain any of it."""
    R = np.random.default_rng(seed).normal(size=shape) * 3
    return R - R.mean(axis=0) - R.mean(axis=1, keepdims=True) + R.mean()


als = partial(alternating_least_squares, gtol=1e-11, maxiter=20_000)


# The loss and its gradient


def test_loss_is_the_sum_that_the_formula_says(known):
    theta = start()
    b, c, P, Q = unpack(theta, SHAPE)
    expected = 0.0
    for u, i, r in zip(*known, strict=True):
        expected += (b[u] + c[i] + P[u] @ Q[i] - r) ** 2 / 2
    expected += 0.7 / 2 * sum((x**2).sum() for x in (b, c, P, Q))
    assert expected == pytest.approx(factorization_loss(theta, *known, SHAPE, 0.7), rel=1e-13)


@pytest.mark.parametrize("n_factors", [0, 1, 3])
def test_gradient_agrees_with_differences_and_with_automatic_differentiation(n_factors, known):
    shape = (9, 7, n_factors)
    theta = np.random.default_rng(2).normal(size=16 * (1 + n_factors))
    args = (*known, shape, 0.7)
    assert check_gradient(factorization_loss, factorization_gradient, theta, args=args).success

    def loss(theta):
        rows = theta.reshape(16, -1)
        U, V = rows[:9][known[0]], rows[9:][known[1]]
        error = U[:, 0] + V[:, 0] + anp.sum(U[:, 1:] * V[:, 1:], axis=1) - known[2]
        return anp.sum(error**2) / 2 + 0.7 * anp.sum(theta**2) / 2

    expected = autograd.grad(loss)(theta)
    np.testing.assert_allclose(expected, factorization_gradient(theta, *args), rtol=1e-12)


def test_pack_and_unpack_are_inverse(known):
    theta = np.random.default_rng(2).normal(size=64)
    factors = unpack(theta, SHAPE)
    np.testing.assert_array_equal(theta, pack(*factors))
    assert [(9,), (7,), (9, 3), (7, 3)] == [part.shape for part in factors]
    factors.user_factors[:] = 0
    assert theta.all()


def test_prediction_is_bias_plus_bias_plus_product(known):
    theta = np.random.default_rng(2).normal(size=64)
    b, c, P, Q = unpack(theta, SHAPE)
    table = b[:, np.newaxis] + c + P @ Q.T
    users, items, _ = known
    np.testing.assert_allclose(
        table[users, items], predict_ratings(theta, users, items, SHAPE), rtol=1e-13
    )


def test_start_has_no_biases_and_factors_of_the_wanted_size():
    b, c, P, Q = unpack(
        random_start((400, 300, 5), scale=0.2, rng=np.random.default_rng(0)), (400, 300, 5)
    )
    assert not b.any()
    assert not c.any()
    assert 0.2 == pytest.approx(np.concatenate((P, Q)).std(), rel=0.05)


def test_zero_factors_are_a_saddle_unless_the_penalty_exceeds_all_singular_values():
    R = centred((5, 4))
    sigma = np.linalg.svd(R, compute_uv=False)
    for alpha in (0.5 * sigma[0], 1.5 * sigma[0]):
        args = (*complete(R), (5, 4, 1), alpha)
        np.testing.assert_allclose(0, factorization_gradient(np.zeros(18), *args), atol=1e-13)
        H = hessian(factorization_loss, np.zeros(18), args=args, jac=factorization_gradient)
        factors = np.arange(18) % 2 == 1
        curvature = np.linalg.eigvalsh(H[np.ix_(factors, factors)])
        expected = np.sort(np.concatenate((alpha - sigma, [alpha], alpha + sigma)))
        np.testing.assert_allclose(expected, curvature, atol=1e-7)


def test_rotations_change_nothing_and_are_the_only_flat_directions_of_a_minimum():
    R = centred((6, 5))
    shape = (6, 5, 3)
    args = (*complete(R), shape, 0.3)
    result = als(start(shape), *args)
    b, c, P, Q = unpack(result.x, shape)
    turn = np.linalg.qr(np.random.default_rng(4).normal(size=(3, 3)))[0]
    turned = pack(b, c, P @ turn, Q @ turn)
    assert result.fun == pytest.approx(factorization_loss(turned, *args), rel=1e-13)
    H = hessian(factorization_loss, result.x, args=args, jac=factorization_gradient)
    curvature = np.linalg.eigvalsh(H)
    np.testing.assert_allclose(0, curvature[:3], atol=1e-5)
    assert curvature[3] > 0.01


# Alternating least squares


def test_each_half_step_is_a_ridge_regression(known):
    users, items, ratings = known
    x0, alpha = start(), 0.4
    after = unpack(als(x0, *known, SHAPE, alpha, maxiter=1).x, SHAPE)
    before = unpack(x0, SHAPE)
    for u in range(9):
        rated = items[users == u]
        X = np.column_stack((np.ones(rated.size), before.item_factors[rated]))
        y = ratings[users == u] - before.item_bias[rated]
        expected = Ridge(alpha=alpha, fit_intercept=False, solver="svd").fit(X, y).coef_
        np.testing.assert_allclose(expected, [after.user_bias[u], *after.user_factors[u]])
    for i in range(7):
        raters = users[items == i]
        X = np.column_stack((np.ones(raters.size), after.user_factors[raters]))
        y = ratings[items == i] - after.user_bias[raters]
        expected = Ridge(alpha=alpha, fit_intercept=False, solver="svd").fit(X, y).coef_
        np.testing.assert_allclose(expected, [after.item_bias[i], *after.item_factors[i]])


def exact_ridge(X, y, alpha):
    """Solve the normal equations in fractions, by Gauss-Jordan elimination."""
    rows = [[Fraction(float(x)) for x in row] for row in X]
    y, alpha = [Fraction(float(v)) for v in y], Fraction(alpha)
    n = len(rows[0])
    table = [
        [sum(row[j] * row[k] for row in rows) + alpha * (j == k) for k in range(n)]
        + [sum(row[j] * v for row, v in zip(rows, y, strict=True))]
        for j in range(n)
    ]
    for j in range(n):
        table[j] = [entry / table[j][j] for entry in table[j]]
        for k in range(n):
            if k != j:
                table[k] = [a - table[k][j] * b for a, b in zip(table[k], table[j], strict=True)]
    return [float(row[-1]) for row in table]


@pytest.mark.parametrize("alpha", [1e-8, 1e-12, 1e-16, 1e-30, 1e-100, 1e-300])
@pytest.mark.parametrize("same", [False, True], ids=["independent columns", "equal columns"])
def test_half_steps_are_ridge_regressions_however_weak_the_penalty(alpha, same):
    """Some users rate fewer items than they have parameters, and no rank is lost to rounding."""
    users, items = [0, 0, 0, 0, 1, 1, 2, 3, 3, 3], [0, 1, 2, 3, 0, 2, 1, 1, 2, 3]
    ratings = np.array([1.0, -1.5, 0.5, 2.0, 1.0, 0.25, -0.5, 0.5, 1.25, -2.0])
    Q = np.array([[0.5, 0.25], [1.5, -0.5], [-0.75, 1.0], [0.125, 2.0]])
    if same:
        Q[:, 1] = Q[:, 0]
    x0 = pack(np.zeros(4), np.zeros(4), np.zeros((4, 2)), Q)
    after = unpack(als(x0, users, items, ratings, (4, 4, 2), alpha, maxiter=1).x, (4, 4, 2))
    for u in range(4):
        rated = np.equal(users, u)
        X = np.column_stack((np.ones(rated.sum()), Q[np.array(items)[rated]]))
        expected = exact_ridge(X, ratings[rated], alpha)
        fitted = [after.user_bias[u], *after.user_factors[u]]
        np.testing.assert_allclose(fitted, expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("alpha", [1e-16, 1e-300])
def test_a_tiny_penalty_ends_in_a_status(alpha):
    problem = [0, 0, 1, 2], [0, 1, 0, 1], [1.0, -1.0, 0.5, 0.0], (4, 3, 3), alpha
    x0 = random_start((4, 3, 3), rng=np.random.default_rng(0))
    result = alternating_least_squares(x0, *problem)
    assert result.success
    np.testing.assert_allclose(factorization_gradient(result.x, *problem), np.zeros(28), atol=1e-6)


def test_loss_never_rises_and_the_gradient_vanishes_in_the_end(known):
    result = als(start(), *known, SHAPE, 0.4)
    assert (np.diff(result.history.fun) <= 1e-13).all()
    assert result.success
    gradient = factorization_gradient(result.x, *known, SHAPE, 0.4)
    assert np.linalg.norm(gradient) <= 1e-11 * result.history.grad_norm[0]
    np.testing.assert_array_equal(gradient, result.jac)
    assert factorization_loss(result.x, *known, SHAPE, 0.4) == result.fun == result.history.fun[-1]


def test_scipy_finds_no_lower_point_from_there_and_the_same_from_the_same_start(known):
    args = (*known, SHAPE, 0.8)
    ours = als(start(), *args)
    for x0 in (start(), ours.x):
        theirs = minimize(
            factorization_loss, x0, args, jac=factorization_gradient, options={"gtol": 1e-8}
        )
        assert theirs.fun == pytest.approx(ours.fun, rel=1e-10)


def test_biases_alone_are_one_ridge_regression_on_who_and_what(known):
    users, items, ratings = known
    X = np.hstack((np.eye(9)[users], np.eye(7)[items]))
    expected = np.linalg.solve(X.T @ X + 0.5 * np.eye(16), X.T @ ratings)
    for seed in (1, 2):
        x0 = np.random.default_rng(seed).normal(size=16)
        result = als(x0, *known, (9, 7, 0), 0.5)
        np.testing.assert_allclose(expected, result.x, atol=1e-10)


@pytest.mark.parametrize("n_factors", [1, 2, 4])
@pytest.mark.parametrize("alpha", [0.1, 2.0])
def test_without_gaps_the_minimum_is_the_truncated_svd_with_singular_values_lowered(
    n_factors, alpha
):
    R = centred((8, 6))
    left, sigma, right = np.linalg.svd(R, full_matrices=False)
    kept = np.maximum(sigma[:n_factors] - alpha, 0)
    shape = (8, 6, n_factors)
    result = als(start(shape), *complete(R), shape, alpha)
    fitted = predict_ratings(result.x, *complete(R)[:2], shape).reshape(8, 6)
    np.testing.assert_allclose((left[:, :n_factors] * kept) @ right[:n_factors], fitted, atol=1e-6)
    residual = sigma.copy()
    residual[:n_factors] -= kept
    expected = residual @ residual / 2 + alpha * kept.sum()
    assert expected == pytest.approx(result.fun, rel=1e-10)


def test_those_who_rated_nothing_get_the_mean():
    result = als(start((3, 3, 2)), [0, 2, 0], [0, 0, 2], [1.0, -1.0, 0.5], (3, 3, 2), 0.1)
    b, c, P, Q = unpack(result.x, (3, 3, 2))
    assert not b[1]
    assert not P[1].any()
    assert not c[1]
    assert not Q[1].any()


def test_a_start_with_all_factors_zero_is_never_left(known):
    result = als(np.zeros(64), *known, SHAPE, 0.1)
    b, _, P, Q = unpack(result.x, SHAPE)
    assert b.any()
    assert not P.any()
    assert not Q.any()


# Stochastic gradient descent


def sgd(*args, seed=5, **options):
    return stochastic_gradient_descent(*args, rng=np.random.default_rng(seed), **options)


def test_one_batch_of_all_ratings_is_gradient_descent(known):
    args = (*known, SHAPE, 0.4)
    options = {"learning_rate": inverse_time_decay(0.05, decay=0.1), "maxiter": 30}
    expected = gradient_descent(
        factorization_loss, start(), args, jac=factorization_gradient, **options
    )
    actual = sgd(start(), *args, batch_size=known[0].size, **options)
    np.testing.assert_allclose(expected.history.x, actual.history.x, rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(expected.history.fun, actual.history.fun, rtol=1e-12)


def test_an_epoch_of_short_steps_is_a_step_against_the_gradient_to_first_order(known):
    args = (*known, SHAPE, 0.4)
    gradient = factorization_gradient(start(), *args)
    rates = np.geomspace(1e-5, 1e-2, 7)
    errors = []
    for rate in rates:
        result = sgd(start(), *args, batch_size=1, learning_rate=rate, maxiter=1)
        errors.append(np.linalg.norm((start() - result.x) / rate - gradient))
    slope = np.polyfit(np.log(rates), np.log(errors), 1)[0]
    assert 1.0 == pytest.approx(slope, abs=0.05)


def test_a_decaying_rate_arrives_where_a_constant_one_hovers(known):
    args = (*known, SHAPE, 0.8)
    common = {"batch_size": 4, "maxiter": 400}
    constant = sgd(start(), *args, learning_rate=0.1, **common)
    decaying = sgd(start(), *args, learning_rate=cosine_decay(0.1, n_steps=400), **common)
    # Where the loss is lowest around the place that both have come to.
    lowest = als(decaying.x, *args).fun
    assert 0 < decaying.fun - lowest < 5e-4 * lowest
    assert 15e-4 * lowest < constant.history.fun[-100:].min() - lowest
    assert Status.ITERATION_LIMIT is constant.status


def test_a_user_twice_in_a_batch_takes_both_steps():
    # Nothing but one user: one batch of both ratings moves the bias by the sum of the errors.
    result = sgd(
        np.zeros(3), [0, 0], [0, 1], [1.0, 2.0], (1, 2, 0), 0.0, learning_rate=0.1, maxiter=1
    )
    np.testing.assert_allclose([0.3, 0.1, 0.2], result.x, rtol=1e-14)


def test_same_seed_same_way_and_another_seed_another(known):
    args = (start(), *known, SHAPE, 0.4)
    first, second, third = (
        sgd(*args, seed=seed, learning_rate=0.1, batch_size=4, maxiter=3).x for seed in (5, 5, 6)
    )
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, third)


def test_steps_that_are_too_long_are_reported_as_divergence(known):
    result = sgd(start(scale=2.0), *known, SHAPE, 0.4, learning_rate=5.0, maxiter=200)
    assert Status.NOT_FINITE is result.status
    assert np.isfinite(result.x).all()


# What both share

METHODS = [als, partial(sgd, learning_rate=0.1)]


@pytest.mark.parametrize("method", METHODS)
def test_nothing_that_is_passed_in_is_changed(method, known):
    x0 = start()
    before = [x0.copy(), *(array.copy() for array in known)]
    method(x0, *known, SHAPE, 0.4, maxiter=2)
    for expected, actual in zip(before, (x0, *known), strict=True):
        np.testing.assert_array_equal(expected, actual)


@pytest.mark.parametrize("method", METHODS)
def test_history_has_the_start_and_every_round_and_a_callback_can_stop(method, known):
    def stop(intermediate_result):
        if intermediate_result.nit == 2:
            raise StopIteration

    result = method(start(), *known, SHAPE, 0.4, maxiter=9, callback=stop)
    assert Status.STOPPED_BY_CALLBACK is result.status
    assert (3, 64) == result.history.x.shape
    np.testing.assert_array_equal(start(), result.history.x[0])


@pytest.mark.parametrize("method", [factorization_loss, factorization_gradient, *METHODS])
def test_wrong_data_are_refused_by_name(method, known):
    users, items, ratings = known
    with pytest.raises(ValueError, match=r"(theta|x0) must have 64 entries for shape \(9, 7, 3\)"):
        method(np.zeros(63), users, items, ratings, SHAPE, 0.4)
    with pytest.raises(ValueError, match="users must be from 0 to 7, got 8"):
        method(np.zeros(60), users, items, ratings, (8, 7, 3), 0.4)
    with pytest.raises(ValueError, match="items must be from 0 to 6, got -1"):
        method(start(), users, items - 1, ratings, SHAPE, 0.4)
    with pytest.raises(TypeError, match="users must be an array of integers, got dtype float64"):
        method(start(), users * 1.0, items, ratings, SHAPE, 0.4)
    with pytest.raises(ValueError, match="users and items must have the same length"):
        method(start(), users[1:], items, ratings, SHAPE, 0.4)
    with pytest.raises(ValueError, match="ratings and users must have the same length"):
        method(start(), users, items, ratings[1:], SHAPE, 0.4)
    with pytest.raises(ValueError, match="users must be 1-D and not empty"):
        method(start(), users[:0], items[:0], ratings[:0], SHAPE, 0.4)
    with pytest.raises(ValueError, match="ratings must be finite, got nan at index 0"):
        method(start(), users, items, np.where(np.arange(ratings.size), ratings, np.nan), SHAPE, 1)
    with pytest.raises(ValueError, match=r"alpha must be finite and >=? 0, got -1"):
        method(start(), users, items, ratings, SHAPE, -1.0)
    with pytest.raises(TypeError, match="shape must be a tuple"):
        method(start(), users, items, ratings, (9, 7), 0.4)
    with pytest.raises(ValueError, match="n_factors must be >= 0, got -1"):
        method(start(), users, items, ratings, (9, 7, -1), 0.4)


def test_wrong_arguments_of_one_function_are_refused_by_name(known):
    with pytest.raises(ValueError, match="alpha must be finite and > 0, got 0"):
        als(start(), *known, SHAPE, 0.0)
    with pytest.raises(TypeError, match=r"rng must be a numpy\.random\.Generator, got int"):
        stochastic_gradient_descent(start(), *known, SHAPE, 0.4, learning_rate=0.1, rng=0)
    with pytest.raises(ValueError, match="batch_size must be >= 1, got 0"):
        sgd(start(), *known, SHAPE, 0.4, learning_rate=0.1, batch_size=0)
    with pytest.raises(ValueError, match="learning_rate must be finite and > 0, got 0"):
        sgd(start(), *known, SHAPE, 0.4, learning_rate=0.0)
    with pytest.raises(ValueError, match=r"learning_rate\(0\) must be finite and >= 0, got -1"):
        sgd(start(), *known, SHAPE, 0.4, learning_rate=lambda epoch: -1.0)
    with pytest.raises(ValueError, match="scale must be finite and > 0, got 0"):
        start(scale=0.0)
    with pytest.raises(ValueError, match="user_bias and user_factors must have the same length"):
        pack([0.0], [0.0], [[1.0], [2.0]], [[1.0]])
    with pytest.raises(ValueError, match="must have as many columns"):
        pack([0.0], [0.0], [[1.0, 2.0]], [[1.0]])

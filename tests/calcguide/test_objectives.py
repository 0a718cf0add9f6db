import numpy as np
import pytest
from scipy.optimize import minimize, rosen, rosen_der, rosen_hess

from calcguide.derivatives import check_gradient, jacobian
from calcguide.objectives import (
    beale,
    booth,
    double_well,
    himmelblau,
    quadratic,
    rosenbrock,
    styblinski_tang,
)

OBJECTIVES = [
    quadratic([[2.0, 1.0], [1.0, 20.0]], [1.0, -3.0], 2.0),
    quadratic(np.diag([1.0, 2.0, 3.0])),
    rosenbrock(),
    rosenbrock(5),
    himmelblau(),
    beale(),
    booth(),
    styblinski_tang(1),
    styblinski_tang(3),
    double_well(),
    double_well(3, radius_squared=2.0),
]


@pytest.fixture(params=OBJECTIVES, ids=lambda o: f"{o.name}-{o.x0.size}")
def objective(request):
    return request.param


def points(objective, count, seed):
    return np.random.default_rng(seed).uniform(-3, 3, (count, objective.x0.size))


@pytest.mark.parametrize("method", ["central", "complex"])
def test_the_gradient_is_that_of_the_function(objective, method):
    for x in points(objective, 20, 0):
        report = check_gradient(objective, objective.jac, x, method=method)
        assert report.success, report


def test_the_hessian_is_the_jacobian_of_the_gradient(objective):
    for x in points(objective, 20, 1):
        actual = objective.hess(x)
        scale = np.abs(actual).max()
        np.testing.assert_array_equal(actual, actual.T)
        np.testing.assert_allclose(jacobian(objective.jac, x), actual, rtol=0, atol=1e-8 * scale)


def test_the_minima_are_minima(objective):
    assert (objective.x0.size,) == objective.x_min.shape[1:]
    for minimum in objective.x_min:
        scale = np.abs(objective.hess(minimum)).max()
        assert objective.f_min == pytest.approx(float(objective(minimum)), rel=1e-14, abs=1e-25)
        np.testing.assert_allclose(objective.jac(minimum), 0, atol=1e-13 * scale)
        assert np.linalg.eigvalsh(objective.hess(minimum))[0] >= -1e-13 * scale


def test_nothing_lies_below_the_minimum(objective):
    assert (objective(points(objective, 20_000, 2)) >= objective.f_min).all()


def test_scipy_descends_to_the_stated_minimum(objective):
    # Zero is in the valley of a local minimum of the function of Styblinski and Tang.
    start = objective.x0 - (objective.name == "Styblinski-Tang")
    result = minimize(objective, start, jac=objective.jac, options={"gtol": 1e-10})
    assert objective.f_min == pytest.approx(result.fun, rel=1e-12, abs=1e-15)


def test_many_points_are_evaluated_at_once(objective):
    grid = points(objective, 6, 3).reshape(2, 3, -1)
    together = objective(grid)
    assert (2, 3) == together.shape
    for index in np.ndindex(2, 3):
        assert float(objective(grid[index])) == pytest.approx(float(together[index]), rel=1e-14)


def test_integers_and_lists_are_points_as_well(objective):
    ones = [1] * objective.x0.size
    floats = np.ones(objective.x0.size)
    assert objective(floats) == objective(ones)
    np.testing.assert_array_equal(objective.jac(floats), objective.jac(ones))
    np.testing.assert_array_equal(objective.hess(floats), objective.hess(ones))


def test_points_of_another_length_are_refused(objective):
    n = objective.x0.size
    for part in (objective.fun, objective.jac, objective.hess):
        for wrong in (np.ones(n + 1), 1.0):
            with pytest.raises(ValueError, match="x must have shape"):
                part(wrong)


def test_what_is_known_cannot_be_changed(objective):
    with pytest.raises(ValueError, match="read-only"):
        objective.x0[0] = 7
    with pytest.raises(ValueError, match="read-only"):
        objective.x_min[0] = 7
    objective.hess(objective.x0)[0, 0] = 7
    assert objective.hess(objective.x0)[0, 0] != 7


@pytest.mark.parametrize("n", [2, 3, 20])
def test_rosenbrock_is_that_of_scipy(n):
    objective = rosenbrock(n)
    for x in points(objective, 10, 4):
        assert rosen(x) == pytest.approx(objective(x), rel=1e-13)
        np.testing.assert_allclose(objective.jac(x), rosen_der(x), rtol=1e-12, atol=1e-10)
        np.testing.assert_allclose(objective.hess(x), rosen_hess(x), rtol=1e-13, atol=1e-11)


def test_himmelblau_has_four_different_minima():
    minima = himmelblau().x_min
    distances = np.linalg.norm(minima[:, np.newaxis] - minima, axis=-1)
    assert (4, 2) == minima.shape
    assert (distances[~np.eye(4, dtype=bool)] > 1).all()


def test_the_minimum_of_a_quadratic_solves_its_linear_system():
    rng = np.random.default_rng(5)
    root = rng.standard_normal((6, 6))
    A, b = root @ root.T + np.eye(6), rng.standard_normal(6)
    objective = quadratic(A, b, 3.0)
    np.testing.assert_allclose(A @ objective.x_min[0], b, rtol=1e-10)
    assert 3 - b @ np.linalg.solve(A, b) / 2 == pytest.approx(objective.f_min)


def test_the_known_values_of_the_literature_hold():
    assert 24.2 == pytest.approx(float(rosenbrock()(rosenbrock().x0)))
    assert 170 == himmelblau()([0, 0])
    assert -39.16616570377142 == pytest.approx(styblinski_tang(1).f_min, rel=1e-14)
    assert -2.903534027771177 == pytest.approx(styblinski_tang(1).x_min[0, 0], rel=1e-14)
    np.testing.assert_allclose(np.linalg.eigvalsh(booth().hess([0, 0])), [2, 18])


def test_the_double_well_has_its_minima_all_around():
    rng = np.random.default_rng(6)
    directions = rng.standard_normal((10, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    np.testing.assert_allclose(double_well(3)(np.sqrt(10) * directions), 0, atol=1e-28)
    np.testing.assert_array_equal(double_well(3).jac(np.zeros(3)), np.zeros(3))
    assert 100 == double_well(3)(np.zeros(3))


def test_bad_parameters_are_refused():
    with pytest.raises(ValueError, match=r"A must be square, got shape \(1, 2\)"):
        quadratic([[1.0, 2.0]])
    with pytest.raises(ValueError, match="A must be symmetric"):
        quadratic([[1.0, 0.5], [0.0, 1.0]])
    with pytest.raises(
        ValueError, match="A must be positive definite, its smallest eigenvalue is -1"
    ):
        quadratic([[1.0, 0.0], [0.0, -1.0]])
    with pytest.raises(ValueError, match=r"b must have shape \(2,\) to fit A, got shape \(3,\)"):
        quadratic(np.eye(2), np.ones(3))
    with pytest.raises(ValueError, match="n must be >= 2, got 1"):
        rosenbrock(1)
    with pytest.raises(TypeError, match="n must be an integer, got float"):
        styblinski_tang(2.0)
    with pytest.raises(ValueError, match="radius_squared must be finite and > 0, got 0"):
        double_well(radius_squared=0)

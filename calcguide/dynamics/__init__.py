r"""Motion through time: fixed-step solvers, chaos and its rate, and stochastic differential equations.

Where a solution just has to be right, use `scipy.integrate.solve_ivp`, which chooses its steps so
that a tolerance is kept. The solvers here take a fixed number of steps, so that the order of a
method can be watched.
"""

from calcguide.dynamics.ode import (
    OdeResult,
    euler,
    gradient_flow,
    heun,
    lorenz,
    lyapunov_exponent,
    rk4,
)
from calcguide.dynamics.sde import (
    GeometricBrownianMotionFit,
    brownian_motion,
    euler_maruyama,
    fit_geometric_brownian_motion,
    geometric_brownian_motion,
)

__all__ = [
    "GeometricBrownianMotionFit",
    "OdeResult",
    "brownian_motion",
    "euler",
    "euler_maruyama",
    "fit_geometric_brownian_motion",
    "geometric_brownian_motion",
    "gradient_flow",
    "heun",
    "lorenz",
    "lyapunov_exponent",
    "rk4",
]

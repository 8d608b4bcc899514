"""From inputs to a result: propagation to first and second order, degrees of freedom, the budget, results that share inputs."""

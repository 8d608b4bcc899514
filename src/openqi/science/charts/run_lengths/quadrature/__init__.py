"""Run lengths of charts with memory (EWMA, CUSUM and their kin) as integral equations, solved with a certified bound."""

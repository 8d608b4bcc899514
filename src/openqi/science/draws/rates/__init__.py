"""What drawn objects say about all of them: rates of the population with intervals, and what a draw will be able to say."""

from openqi.science.draws.rates.sample import sample_of as sample_of
from openqi.science.draws.rates.study import Asked as Asked
from openqi.science.draws.rates.study import study as study
from openqi.science.draws.rates.variances import Design as Design

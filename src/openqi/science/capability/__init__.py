"""Is the process good enough for its limits? `study` asks it of readings; attributes and several characteristics lie beside it."""

from openqi.science.capability.study import study as study

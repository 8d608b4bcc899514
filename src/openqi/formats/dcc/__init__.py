"""Digital calibration certificates (PTB DCC): what one says, and the table of points that a measurement can be corrected by."""

from openqi.formats.dcc.document import CalibrationDocument, CalibrationTable
from openqi.formats.dcc.points import calibration_points
from openqi.formats.dcc.reader import read_dcc

__all__ = ["CalibrationDocument", "CalibrationTable", "calibration_points", "read_dcc"]

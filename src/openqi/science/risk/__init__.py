"""Which objects deserve a visit, and how sure is that?  A calibrated risk of nonconformity: fit, calibration, report."""

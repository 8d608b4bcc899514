"""Where contents and the static files of a log are kept: in the ledger's folder, or in a bucket of anything that speaks S3."""

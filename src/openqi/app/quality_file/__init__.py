"""The quality file (质量档案): everything that a log knows of a firm, product or batch, as a page and as one sealed dossier."""

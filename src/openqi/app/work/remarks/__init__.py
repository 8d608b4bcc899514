"""What people remark about a record or subject: comments and attachments, never evidence, and erasable."""

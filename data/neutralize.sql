-- a copy of a database accepts nothing, sends nothing and runs none of the original's jobs
UPDATE interop_endpoint SET state = 'draft';
UPDATE interop_credential SET is_revoked = TRUE;
UPDATE queue_job SET state = 'cancelled'
 WHERE channel LIKE 'root.interop%' AND state IN ('pending', 'enqueued', 'started', 'wait_dependencies');

package io.streamjob.operator.core.upgrade;

import java.time.Duration;

/**
 * How long and how often things are tried.
 *
 * @param prepare how long a new version's pods may take before an upgrade is given up
 * @param snapshot how long one stop-with-savepoint may take before it is called late, and how long
 *     a JobManager may be silent meanwhile before the run is taken down
 * @param healthy how long a new version may take from its submission to its first checkpoint
 * @param snapshotAttempts how many savepoints of an upgrade may fail before it is given up
 */
public record Limits(Duration prepare, Duration snapshot, Duration healthy, int snapshotAttempts) {}

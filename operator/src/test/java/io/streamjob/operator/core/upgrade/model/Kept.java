package io.streamjob.operator.core.upgrade.model;

import java.util.Optional;

/**
 * An execution plan in the ConfigMap of a cluster's high availability.
 *
 * @param from what the job was submitted with
 * @param isParked whether its key is renamed, so that no JobManager takes it up
 */
record Kept(Optional<String> from, boolean isParked) {

  Kept parked(boolean parked) {
    return new Kept(from, parked);
  }
}

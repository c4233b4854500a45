package io.streamjob.operator.flink;

import java.net.URI;
import java.util.Set;

/**
 * A cluster to follow.
 *
 * @param cluster its name, unique for the owner
 * @param rest the base address of its REST endpoint
 * @param jobIds the jobs whose checkpoints and failures are wanted; others are only listed
 * @param triggers the savepoints and stops whose outcome is wanted
 */
public record Target(
    String cluster, URI rest, Set<String> jobIds, Set<TriggerKey> triggers, Pace pace) {

  public Target {
    jobIds = Set.copyOf(jobIds);
    triggers = Set.copyOf(triggers);
  }
}

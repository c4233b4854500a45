package io.streamjob.operator.core.savepoint;

import io.streamjob.api.v1alpha1.SavepointFormat;
import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.observed.Reply;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * All that a decision about a Savepoint is made from.
 *
 * @param source the job, as far as it can be saved now
 * @param cluster the one that was asked in the attempt under way; empty once nothing is left of it
 * @param replies to the calls of the attempt under way, by key
 */
public record SavepointSituation(
    String uid,
    SavepointFormat format,
    SavepointState state,
    Source source,
    Optional<ClusterView> cluster,
    Map<String, Reply> replies,
    Instant now,
    String nonce) {

  /** The job that is to be saved. */
  public sealed interface Source {

    /**
     * It cannot be saved just now.
     *
     * @param reason one word
     */
    record Busy(String reason, String message) implements Source {}

    /**
     * It does not run, and nothing is under way that would start it.
     *
     * @param reason one word
     */
    record NotRunning(String reason, String message) implements Source {}

    /** It runs and can be asked. */
    record Running(int revision, String jobId, String profile) implements Source {}

    /** A plan of the job takes this very savepoint at the moment. */
    record Taking() implements Source {}

    /**
     * The plan that took this savepoint is past it.
     *
     * @param seen tells one state of the job from another: a look into the folder proves something
     *     only if the job was seen to be past the savepoint before
     */
    record Taken(String seen) implements Source {}
  }

  Optional<Reply> reply(String key) {
    return Optional.ofNullable(replies.get(key));
  }
}

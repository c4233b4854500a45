package io.streamjob.operator.act;

import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.observed.Reply;
import io.streamjob.operator.kube.Mandate;
import io.streamjob.operator.telemetry.LogFields;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls to Flink and to the storage that nobody waits for. A call under way is not sent again; its
 * reply wakes the owner and is kept until the owner has moved on. Nothing of this survives a
 * restart of the operator: every call may be repeated.
 */
public final class Calls {

  private static final Logger LOG = LoggerFactory.getLogger(Calls.class);

  private final Clock clock;
  private final Consumer<String> wake;
  private final Mandate mandate;
  private final Map<String, Owner> owners = new ConcurrentHashMap<>();

  /**
   * @param wake takes the owner of a call whose reply has come
   * @param mandate without which nothing is sent
   */
  public Calls(Clock clock, Consumer<String> wake, Mandate mandate) {
    this.clock = clock;
    this.wake = wake;
    this.mandate = mandate;
  }

  private static final class Owner {
    private final Map<String, Reply> replies = new ConcurrentHashMap<>();
    private final Map<String, Boolean> underWay = new ConcurrentHashMap<>();
  }

  /** Sends a call unless the same one is under way. */
  public void send(
      String owner,
      String key,
      Supplier<CompletableFuture<String>> call,
      Function<Throwable, Problem> problem) {
    mandate.require();
    Owner mine = owners.computeIfAbsent(owner, name -> new Owner());
    if (mine.underWay.putIfAbsent(key, true) != null) {
      return;
    }
    Map<String, String> about = LogFields.current();
    CompletableFuture<String> unused =
        start(call)
            .whenComplete((value, failure) ->
                LogFields.during(
                    about,
                    () -> {
                      try {
                        Reply reply = reply(value, failure, problem);
                        LOG.debug("call={} reply={}", key, reply);
                        mine.replies.put(key, reply);
                      } finally {
                        mine.underWay.remove(key);
                        wake.accept(owner);
                      }
                    }));
  }

  private static CompletableFuture<String> start(Supplier<CompletableFuture<String>> call) {
    try {
      return call.get();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private Reply reply(String value, Throwable failure, Function<Throwable, Problem> problem) {
    return failure == null
        ? new Reply.Done(value == null ? "" : value, clock.instant())
        : new Reply.Failed(problem.apply(failure), clock.instant());
  }

  /** The replies to an owner's calls, by key. */
  public Map<String, Reply> replies(String owner) {
    Owner mine = owners.get(owner);
    return mine == null ? Map.of() : Map.copyOf(mine.replies);
  }

  /** How many calls wait for their replies. */
  public int underWay() {
    return owners.values().stream().mapToInt(owner -> owner.underWay.size()).sum();
  }

  /** Forgets all replies of an owner but those to the calls of one operation. */
  public void keepOnly(String owner, String operationId) {
    Owner mine = owners.get(owner);
    if (mine != null) {
      mine.replies.keySet().removeIf(key -> !key.startsWith(operationId));
    }
  }

  /** Forgets an owner. */
  public void forget(String owner) {
    owners.remove(owner);
  }
}

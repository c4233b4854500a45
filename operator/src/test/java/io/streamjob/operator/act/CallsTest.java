package io.streamjob.operator.act;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.observed.Reply;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class CallsTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final List<String> woken = new ArrayList<>();
  private final AtomicBoolean leads = new AtomicBoolean(true);
  private final Calls calls =
      new Calls(Clock.fixed(NOW, ZoneOffset.UTC), woken::add, this::requireLeader);

  private void requireLeader() {
    if (!leads.get()) {
      throw new IllegalStateException("it does not lead");
    }
  }

  private void send(String key, Supplier<CompletableFuture<String>> call) {
    calls.send("job", key, call, failure -> new Problem("Failed", failure.getMessage(), false));
  }

  @Test
  void keepsTheReplyAndWakesTheOwner() {
    var answer = new CompletableFuture<String>();
    send("a/stop", () -> answer);
    assertThat(calls.replies("job")).isEmpty();
    answer.complete("done");
    assertThat(calls.replies("job")).containsEntry("a/stop", new Reply.Done("done", NOW));
    assertThat(woken).containsExactly("job");
  }

  @Test
  void sendsNothingForOneThatDoesNotLead() {
    var sent = new AtomicInteger();
    leads.set(false);
    assertThatThrownBy(() ->
            send("a/stop", () -> CompletableFuture.completedFuture("" + sent.incrementAndGet())))
        .isInstanceOf(IllegalStateException.class);
    assertThat(sent).hasValue(0);
    assertThat(calls.underWay()).isZero();
  }

  @Test
  void sendsACallThatIsUnderWayOnce() {
    var answer = new CompletableFuture<String>();
    var sent = new AtomicInteger();
    Supplier<CompletableFuture<String>> call =
        () -> {
          sent.incrementAndGet();
          return answer;
        };
    send("a/stop", call);
    send("a/stop", call);
    assertThat(sent).hasValue(1);
    answer.complete("");
    send("a/stop", call);
    assertThat(sent).hasValue(2);
  }

  @Test
  void takesWhatIsThrownForAReply() {
    send(
        "a/stop",
        () -> {
          throw new IllegalStateException("no Secret");
        });
    assertThat(calls.replies("job"))
        .containsEntry("a/stop", new Reply.Failed(new Problem("Failed", "no Secret", false), NOW));
    assertThat(calls.underWay()).isZero();
  }

  @Test
  void isNotStuckWhenAFailureCannotBeExplained() {
    calls.send(
        "job",
        "a/stop",
        () -> CompletableFuture.failedFuture(new IllegalStateException()),
        failure -> {
          throw new IllegalStateException("cannot say");
        });
    assertThat(calls.underWay()).isZero();
    assertThat(woken).containsExactly("job");
  }

  @Test
  void forgetsTheRepliesOfFormerOperations() {
    send("a/stop", () -> CompletableFuture.completedFuture("1"));
    send("b/stop", () -> CompletableFuture.completedFuture("2"));
    calls.keepOnly("job", "b");
    assertThat(calls.replies("job")).containsOnlyKeys("b/stop");
    calls.forget("job");
    assertThat(calls.replies("job")).isEmpty();
  }
}

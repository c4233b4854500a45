package io.streamjob.operator.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.observed.ClusterView.Reachable;
import io.streamjob.operator.core.observed.ClusterView.Unreachable;
import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.TriggerView;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Every poll is let go by hand. The next poll of a target begins only after the answer of the last
 * one was taken in, so that whoever holds it can look at the view and at the events so far.
 */
class JobWatcherTest {

  private static final URI REST = URI.create("http://blue");
  private static final TriggerKey TRIGGER = new TriggerKey("job", "trigger");
  private static final JobView RUNNING =
      new JobView("job", JobState.RUNNING, 2, 2, 0, Optional.empty(), Optional.empty());

  private final HeldFlink flink = new HeldFlink();
  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final JobWatcher watcher = new JobWatcher(flink, quick(64), events::add);

  /** The poll that showed that the one before was taken in. */
  private Optional<HeldFlink.Held> held = Optional.empty();

  private int probes;

  @AfterEach
  void close() {
    watcher.close();
  }

  @Test
  void knowsNothingBeforeTheFirstAnswer() {
    watcher.follow("owner", Set.of(target("blue", Pace.BUSY)));

    assertThat(watcher.view("owner", "blue")).isEqualTo(new Unreachable("not asked yet"));
  }

  @Test
  void reportsTheFirstAnswerAtOnce() throws InterruptedException {
    flink.job(RUNNING);
    watcher.follow("owner", Set.of(target("blue", Pace.BUSY)));

    answerOnce();

    assertThat(events).containsExactly("owner");
    assertThat(seen().slots()).isEqualTo(4);
    assertThat(seen().jars()).containsExactly("app_job.jar");
    assertThat(seen().jobs()).containsEntry("job", RUNNING);
    assertThat(seen().triggers()).containsEntry("trigger", new TriggerView.Unknown());
  }

  @Test
  void reportsAFirstFailureAtOnce() throws InterruptedException {
    watcher.follow("owner", Set.of(target("blue", Pace.BUSY)));

    failOnce();

    assertThat(events).containsExactly("owner");
    assertThat(watcher.view("owner", "blue")).satisfies(JobWatcherTest::isRefused);
  }

  @Test
  void reportsAChangeOnce() throws InterruptedException {
    followRunning();

    flink.job(new JobView("job", JobState.FINISHED, 0, 2, 0, Optional.empty(), Optional.empty()));
    answerOnce();
    answerOnce();

    assertThat(events).containsExactly("owner");
  }

  @Test
  void reportsTheFirstCheckpointAndKeepsQuietAboutTheRest() throws InterruptedException {
    followRunning();

    flink.job(withCheckpoints(RUNNING, 1));
    answerOnce();
    assertThat(events).containsExactly("owner");

    flink.job(withCheckpoints(RUNNING, 7));
    answerOnce();
    assertThat(events).hasSize(1);
    assertThat(seen().jobs().get("job").completedCheckpoints()).isEqualTo(7);
  }

  @Test
  void listsJobsThatAreNotFollowedWithoutDetails() throws InterruptedException {
    flink.job(
        new JobView("other", JobState.RUNNING, 1, 1, 5, Optional.of("chk-5"), Optional.empty()));
    followRunning();

    assertThat(seen().jobs().get("other").completedCheckpoints()).isZero();
    assertThat(seen().jobs().get("other").state()).isEqualTo(JobState.RUNNING);
  }

  @Test
  void doesNotTakeAJobForLostThatTheListLeavesOut() throws InterruptedException {
    followRunning();

    flink.unlist("job");
    answerOnce();
    assertThat(seen().jobs()).containsKey("job");

    answerOnce();
    assertThat(watcher.view("owner", "blue")).isInstanceOf(Unreachable.class);
  }

  @Test
  void keepsDetailsThatFlinkCannotGiveAnyMore() throws InterruptedException {
    flink.job(withCheckpoints(RUNNING, 3));
    followRunning();

    flink.failDetails();
    answerOnce();

    assertThat(events).isEmpty();
    assertThat(seen().jobs().get("job").completedCheckpoints()).isEqualTo(3);
  }

  @Test
  void asksForATriggerUntilItsOutcomeIsKnown() throws InterruptedException {
    flink.trigger(TRIGGER, new TriggerView.InProgress());
    followRunning();

    flink.trigger(TRIGGER, new TriggerView.Completed("file:///s"));
    answerOnce();
    int calls = flink.triggerCalls();
    flink.trigger(TRIGGER, new TriggerView.Unknown());
    answerOnce();

    assertThat(events).containsExactly("owner");
    assertThat(flink.triggerCalls()).isEqualTo(calls);
    assertThat(seen().triggers()).containsEntry("trigger", new TriggerView.Completed("file:///s"));
  }

  @Test
  void asksForJarsOnlyUntilThereAreSome() throws InterruptedException {
    flink.jars(Set.of());
    followRunning();
    flink.jars(Set.of("app_job.jar"));
    answerOnce();
    answerOnce();

    assertThat(events).containsExactly("owner");
    assertThat(flink.jarCalls()).isEqualTo(2);
  }

  @Test
  void takesOneLostPollForNoiseAndTwoForAnOutage() throws InterruptedException {
    followRunning();

    failOnce();
    answerOnce();
    failOnce();
    assertThat(events).isEmpty();
    assertThat(watcher.view("owner", "blue")).isInstanceOf(Reachable.class);

    failOnce();
    assertThat(events).containsExactly("owner");
    assertThat(watcher.view("owner", "blue")).satisfies(JobWatcherTest::isRefused);

    answerOnce();
    assertThat(events).hasSize(2);
    assertThat(seen().jobs()).containsKey("job");
  }

  @Test
  void neverPollsATargetTwiceAtATime() throws InterruptedException {
    watcher.follow("owner", Set.of(target("blue", Pace.BUSY)));
    HeldFlink.Held first = flink.nextPoll();

    watcher.follow("owner", Set.of(target("blue", Pace.CALM)));
    watcher.follow("owner", Set.of(target("blue", Pace.BUSY)));
    assertNoPoll();
    first.goOn();
    assertThat(flink.nextPoll().rest()).isEqualTo(REST);
    assertNoPoll();
  }

  @Test
  void keepsTheViewAndTheRhythmOverTheSameTargetAgain() throws InterruptedException {
    watcher.follow("owner", Set.of(target("blue", Pace.CALM)));
    flink.nextPoll().goOn();
    events.poll(30, TimeUnit.SECONDS);

    watcher.follow("owner", Set.of(target("blue", Pace.CALM)));
    assertNoPoll();
    assertThat(watcher.view("owner", "blue")).isInstanceOf(Reachable.class);
  }

  @Test
  void pollsAtOnceWhenSomethingNewIsWanted() throws InterruptedException {
    watcher.follow("owner", Set.of(target("blue", Pace.CALM)));
    flink.nextPoll().goOn();
    events.poll(30, TimeUnit.SECONDS);

    watcher.follow("owner", Set.of(target("blue", Pace.BUSY)));

    flink.nextPoll();
    assertThat(watcher.view("owner", "blue")).isInstanceOf(Reachable.class);
  }

  @Test
  void startsAnewAtAnotherAddress() throws InterruptedException {
    followRunning();

    URI moved = URI.create("http://moved");
    watcher.follow("owner", Set.of(new Target("blue", moved, Set.of(), Set.of(), Pace.CALM)));

    assertThat(watcher.view("owner", "blue")).isEqualTo(new Unreachable("not asked yet"));
    assertThat(flink.nextPoll().rest()).isEqualTo(moved);
  }

  @Test
  void stopsPollingWhatIsForgotten() throws InterruptedException {
    watcher.follow("owner", Set.of(target("blue", Pace.BUSY)));
    HeldFlink.Held held = flink.nextPoll();

    watcher.forget("owner");
    held.goOn();
    assertNoPoll();
    assertThat(events).isEmpty();
    assertThat(watcher.view("owner", "blue")).isEqualTo(new Unreachable("not asked yet"));
  }

  @Test
  void boundsThePollsUnderWay() throws InterruptedException {
    try (JobWatcher narrow = new JobWatcher(flink, quick(1), events::add)) {
      narrow.follow("owner", Set.of(target("blue", Pace.CALM), target("green", Pace.CALM)));
      HeldFlink.Held first = flink.nextPoll();
      assertNoPoll();

      first.goOn();

      assertThat(flink.nextPoll().rest()).isEqualTo(REST);
    }
  }

  @Test
  void goesOnAfterAListenerThatThrows() throws InterruptedException {
    JobWatcher fragile =
        new JobWatcher(
            flink,
            quick(1),
            owner -> {
              throw new IllegalStateException("listener");
            });
    try (fragile) {
      fragile.follow("owner", Set.of(target("blue", Pace.BUSY)));
      flink.nextPoll().goOn();
      flink.nextPoll();
    }
  }

  @Test
  void leavesNoThreadBehind() throws InterruptedException {
    BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
    JobWatcher closing =
        new JobWatcher(flink, quick(1), owner -> threads.add(Thread.currentThread()));
    try (closing) {
      closing.follow("owner", Set.of(target("blue", Pace.BUSY)));
      flink.nextPoll().goOn();
      flink.nextPoll();
    }

    Thread thread = threads.take();
    thread.join(Duration.ofSeconds(30));
    assertThat(thread.isAlive()).isFalse();
    assertThat(thread.isDaemon()).isTrue();
  }

  @Test
  void waitsLongerTheLongerAClusterIsGone() {
    WatcherOptions options = WatcherOptions.defaults();

    assertThat(options.pause(Pace.BUSY, 0)).isEqualTo(Duration.ofMillis(150));
    assertThat(options.pause(Pace.BUSY, 1)).isEqualTo(Duration.ofMillis(150));
    assertThat(options.pause(Pace.BUSY, 2)).isEqualTo(Duration.ofMillis(300));
    assertThat(options.pause(Pace.BUSY, 99)).isEqualTo(Duration.ofMillis(500));
    assertThat(options.pause(Pace.CALM, 0)).isEqualTo(Duration.ofSeconds(3));
    assertThat(options.pause(Pace.CALM, 99)).isEqualTo(Duration.ofSeconds(5));
  }

  // ---- the words of the sentences above

  /** Polls so fast that a busy target is always about to be polled, and a calm one never. */
  private static WatcherOptions quick(int concurrentPolls) {
    return new WatcherOptions(
        Duration.ofMillis(1),
        Duration.ofMillis(1),
        Duration.ofDays(1),
        Duration.ofDays(1),
        Duration.ofMinutes(1),
        concurrentPolls);
  }

  private static Target target(String cluster, Pace pace) {
    return new Target(cluster, REST, Set.of("job"), Set.of(TRIGGER), pace);
  }

  /** Follows a running job, its first answer already reported. */
  private void followRunning() throws InterruptedException {
    flink.job(flink.find("job").orElse(RUNNING));
    watcher.follow("owner", Set.of(target("blue", Pace.BUSY)));
    answerOnce();
    events.clear();
  }

  /** Lets one poll go and waits until its answer was taken in, which the next poll shows. */
  private void answerOnce() throws InterruptedException {
    nextPoll().goOn();
    held = Optional.of(flink.nextPoll());
  }

  @Test
  void remembersSinceWhenNobodyAnswers() throws InterruptedException {
    watcher.follow("owner", Set.of(target("blue", Pace.BUSY)));
    failOnce();
    Instant first = silentSince();
    failOnce();
    assertThat(silentSince()).isEqualTo(first);

    answerOnce();
    failOnce();
    failOnce();
    assertThat(silentSince()).isAfter(first);
  }

  private Instant silentSince() {
    return ((Unreachable) watcher.view("owner", "blue")).since().orElseThrow();
  }

  @Test
  void doesNotTakeAJobForFinishedWhoseLastSnapshotCannotBeRead() throws InterruptedException {
    followRunning();
    flink.job(new JobView("job", JobState.FINISHED, 0, 2, 0, Optional.empty(), Optional.empty()));
    flink.failDetails();

    answerOnce();
    assertThat(seen().jobs().get("job").state()).isEqualTo(JobState.RUNNING);
  }

  private static void isRefused(ClusterView view) {
    assertThat(view)
        .isInstanceOfSatisfying(
            Unreachable.class,
            lost -> {
              assertThat(lost.why()).isEqualTo("refused");
              assertThat(lost.since().orElseThrow())
                  .isBetween(Instant.now().minusSeconds(600), Instant.now());
            });
  }

  private void failOnce() throws InterruptedException {
    nextPoll().fail();
    held = Optional.of(flink.nextPoll());
  }

  /** All that the watcher had to do at once is done: the poll of a new target comes last. */
  private void assertNoPoll() throws InterruptedException {
    URI last = URI.create("http://last");
    watcher.follow(
        "last " + probes++, Set.of(new Target("green", last, Set.of(), Set.of(), Pace.CALM)));
    assertThat(flink.nextPoll().rest()).isEqualTo(last);
    assertThat(flink.isPolled()).isFalse();
  }

  private HeldFlink.Held nextPoll() throws InterruptedException {
    HeldFlink.Held next = held.isPresent() ? held.get() : flink.nextPoll();
    held = Optional.empty();
    return next;
  }

  private Reachable seen() {
    ClusterView view = watcher.view("owner", "blue");
    assertThat(view).isInstanceOf(Reachable.class);
    return (Reachable) view;
  }

  static JobView withCheckpoints(JobView job, long completed) {
    return new JobView(
        job.id(),
        job.state(),
        job.runningTasks(),
        job.totalTasks(),
        completed,
        completed == 0 ? Optional.empty() : Optional.of("chk-" + completed),
        job.failure());
  }
}

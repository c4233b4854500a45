package io.streamjob.operator.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.api.v1alpha1.SavepointFormat;
import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.TriggerView;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What the operator relies on, of Flink and of the adapter alike. Runs against {@link
 * ScriptedFlink} and against real clusters, which need four slots and a jar whose job never ends
 * and checkpoints often.
 */
public abstract class FlinkClientContract {

  private static final long PATIENCE_SECONDS = 60;

  private final HttpFlinkClient client = new HttpFlinkClient(options());
  private final List<String> started = new ArrayList<>();

  /** The base address of the cluster's REST endpoint. */
  protected abstract URI rest();

  /** How the cluster wants to be called. */
  protected HttpOptions options() {
    return HttpOptions.defaults();
  }

  /** The id of the job's jar in the upload folder. */
  protected abstract String jarId();

  /** A folder for snapshots that the cluster can write to. */
  protected abstract String snapshotFolder();

  /** A folder that the cluster cannot write to. */
  protected abstract String forbiddenFolder();

  /** The job's arguments. */
  protected List<String> arguments() {
    return List.of();
  }

  @AfterEach
  void cancelJobsAndClose() {
    started.forEach(job -> get(client.cancel(rest(), job)));
    client.close();
  }

  @Test
  public void showsSlots() {
    assertThat(get(client.overview(rest())).slots()).isGreaterThanOrEqualTo(4);
  }

  @Test
  public void listsTheJar() {
    assertThat(get(client.jars(rest()))).contains(jarId());
  }

  @Test
  public void runsASubmittedJobUnderTheIdThatWasAskedFor() {
    String job = id();

    assertThat(get(client.knows(rest(), job))).isFalse();
    assertThat(get(client.submit(rest(), submission(job)))).isEqualTo(job);
    started.add(job);
    assertThat(get(client.knows(rest(), job))).isTrue();

    assertThat(awaitJob(job, JobView::isFullyRunning).totalTasks()).isPositive();
  }

  @Test
  public void showsTheLatestCheckpointOfAJob() {
    JobView job = awaitJob(run(), view -> view.completedCheckpoints() > 0);

    assertThat(job.latestCheckpoint()).isPresent();
    assertThat(job.failure()).isEmpty();
  }

  @Test
  public void doesNotKnowAJobThatWasNeverSubmitted() {
    assertThat(get(client.job(rest(), id()))).isEmpty();
  }

  @Test
  public void refusesTheSameJobIdAgain() {
    String job = run();

    FlinkException.Rejected refused = refusal(client.submit(rest(), submission(job)));

    assertThat(refused.httpStatus()).isEqualTo(400);
    assertThat(refused.reason()).startsWith("DuplicateApplicationSubmissionException: ");
    assertThat(get(client.job(rest(), job))).get().matches(JobView::isFullyRunning);
  }

  @Test
  public void refusesAJarThatIsNotThere() {
    Submission submission =
        new Submission("no_such.jar", id(), Optional.empty(), List.of(), 1, Optional.empty());

    assertThat(refusal(client.submit(rest(), submission)).reason()).contains("does not exist");
  }

  @Test
  public void takesASavepointOnceHoweverOftenItIsAskedFor() {
    String job = run();
    SavepointRequest request = request(SavepointFormat.Native);

    get(client.savepoint(rest(), job, request));
    get(client.savepoint(rest(), job, request));
    String location = awaitSnapshot(job, request);
    get(client.savepoint(rest(), job, request));

    assertThat(location).contains("/savepoint-" + job.substring(0, 6) + "-");
    assertThat(awaitSnapshot(job, request)).isEqualTo(location);
    assertThat(get(client.job(rest(), job))).get().matches(JobView::isFullyRunning);
  }

  @Test
  public void stopsWithASavepointAndStartsAgainFromIt() {
    String job = run();
    SavepointRequest request = request(SavepointFormat.Canonical);

    get(client.stopWithSavepoint(rest(), job, request));
    String location = awaitSnapshot(job, request);

    awaitJob(job, view -> view.state() == JobState.FINISHED);
    awaitJob(start(Optional.of(location)), JobView::isFullyRunning);
  }

  @Test
  public void saysWhyASnapshotCannotBeWrittenAndLetsTheJobGoOn() {
    String job = run();
    SavepointRequest request =
        new SavepointRequest(id(), forbiddenFolder(), SavepointFormat.Canonical);

    get(client.stopWithSavepoint(rest(), job, request));
    TriggerView outcome = awaitTrigger(job, request);

    assertThat(outcome)
        .isInstanceOfSatisfying(
            TriggerView.Failed.class,
            failed -> {
              assertThat(failed.cause()).isEqualTo("IOException");
              assertThat(failed.message()).contains("Failed to create savepoint directory");
            });
    awaitJob(job, JobView::isFullyRunning);
  }

  @Test
  public void acceptsASnapshotOfAnUnknownJobAndFailsItLater() {
    String job = id();
    SavepointRequest request = request(SavepointFormat.Canonical);

    get(client.stopWithSavepoint(rest(), job, request));

    assertThat(awaitTrigger(job, request))
        .isInstanceOfSatisfying(
            TriggerView.Failed.class,
            failed -> assertThat(failed.cause()).isEqualTo("FlinkJobNotFoundException"));
  }

  @Test
  public void doesNotKnowATriggerThatWasNeverAskedFor() {
    assertThat(get(client.trigger(rest(), id(), id()))).isEqualTo(new TriggerView.Unknown());
  }

  @Test
  public void takesACheckpointWhenAsked() {
    String job = run();

    get(client.checkpoint(rest(), job, id()));

    awaitJob(job, view -> view.completedCheckpoints() > 0);
  }

  @Test
  public void cancelsAJobAsOftenAsItIsAsked() {
    String job = run();

    get(client.cancel(rest(), job));
    awaitJob(job, view -> view.state() == JobState.CANCELED);
    get(client.cancel(rest(), job));
  }

  @Test
  public void takesAJobThatIsUnknownOrFinishedForCancelled() {
    String job = run();
    SavepointRequest request = request(SavepointFormat.Canonical);
    get(client.stopWithSavepoint(rest(), job, request));
    awaitSnapshot(job, request);
    awaitJob(job, view -> view.state() == JobState.FINISHED);

    get(client.cancel(rest(), job));
    get(client.cancel(rest(), id()));

    assertThat(get(client.job(rest(), job))).map(JobView::state).contains(JobState.FINISHED);
  }

  // ---- the words of the sentences above

  protected final HttpFlinkClient client() {
    return client;
  }

  /** Starts a job and waits until all of it runs. */
  protected final String run() {
    String job = start(Optional.empty());
    awaitJob(job, JobView::isFullyRunning);
    return job;
  }

  protected final String start(Optional<String> snapshot) {
    String job = id();
    started.add(job);
    get(
        client.submit(
            rest(), new Submission(jarId(), job, Optional.empty(), arguments(), 2, snapshot)));
    return job;
  }

  protected final Submission submission(String job) {
    return new Submission(jarId(), job, Optional.empty(), arguments(), 2, Optional.empty());
  }

  protected final SavepointRequest request(SavepointFormat format) {
    String trigger = id();
    return new SavepointRequest(trigger, snapshotFolder() + "/" + trigger, format);
  }

  protected static String id() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  protected final JobView awaitJob(String job, Predicate<JobView> condition) {
    return await(() -> get(client.job(rest(), job)).filter(condition));
  }

  protected final TriggerView awaitTrigger(String job, SavepointRequest request) {
    return await(() ->
        Optional.of(get(client.trigger(rest(), job, request.triggerId())))
            .filter(view -> !(view instanceof TriggerView.InProgress)));
  }

  protected final String awaitSnapshot(String job, SavepointRequest request) {
    TriggerView view = awaitTrigger(job, request);
    assertThat(view).isInstanceOf(TriggerView.Completed.class);
    return ((TriggerView.Completed) view).location();
  }

  protected static <T> T get(CompletableFuture<T> call) {
    try {
      return call.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw FlinkException.of(e);
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError("no answer", e);
    }
  }

  protected static FlinkException.Rejected refusal(CompletableFuture<?> call) {
    FlinkException failure = failure(call);
    assertThat(failure).isInstanceOf(FlinkException.Rejected.class);
    return (FlinkException.Rejected) failure;
  }

  protected static FlinkException failure(CompletableFuture<?> call) {
    try {
      get(call);
    } catch (FlinkException e) {
      return e;
    }
    throw new AssertionError("the call went well");
  }

  /** Asks again every few milliseconds: nothing tells a client when a job changes. */
  private static <T> T await(Supplier<Optional<T>> question) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (System.nanoTime() < end) {
      Optional<T> answer = question.get();
      if (answer.isPresent()) {
        return answer.get();
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
    throw new AssertionError("it did not happen");
  }
}

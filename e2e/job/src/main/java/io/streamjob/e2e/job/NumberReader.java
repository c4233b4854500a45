package io.streamjob.e2e.job;

import io.streamjob.e2e.job.NumberSource.Split;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.core.io.InputStatus;

/**
 * Emits the split's numbers on time. A reader that is late by more than a second, for example
 * because of backpressure, gives up the rest instead of making up for it in a burst.
 */
final class NumberReader implements SourceReader<Long, Split> {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final long periodNanos;
  private final long count;
  private final CompletableFuture<Void> splitArrived = new CompletableFuture<>();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "number-clock"));
  private CompletableFuture<Void> due = CompletableFuture.completedFuture(null);
  private boolean noMoreSplits;
  private boolean reading;
  private long next;
  private long dueNanos;

  NumberReader(double rate, long count) {
    this.periodNanos = Math.max(1, Math.round(1e9 / rate));
    this.count = count;
  }

  @Override
  public void start() {}

  @Override
  public InputStatus pollNext(ReaderOutput<Long> output) {
    if (!reading || next >= count) {
      return noMoreSplits ? InputStatus.END_OF_INPUT : InputStatus.NOTHING_AVAILABLE;
    }
    long now = System.nanoTime();
    if (now - dueNanos < 0) {
      return InputStatus.NOTHING_AVAILABLE;
    }
    output.collect(next++);
    dueNanos = Math.max(dueNanos, now - PATIENCE_NANOS) + periodNanos;
    return InputStatus.MORE_AVAILABLE;
  }

  @Override
  public CompletableFuture<Void> isAvailable() {
    if (!reading || next >= count) {
      return splitArrived;
    }
    long wait = dueNanos - System.nanoTime();
    if (wait > 0 && due.isDone()) {
      CompletableFuture<Void> later = new CompletableFuture<>();
      Future<?> unused = clock.schedule(() -> later.complete(null), wait, TimeUnit.NANOSECONDS);
      due = later;
    }
    return due;
  }

  @Override
  public void addSplits(List<Split> splits) {
    for (Split split : splits) {
      reading = true;
      next = split.next();
      dueNanos = System.nanoTime();
    }
    splitArrived.complete(null);
  }

  @Override
  public void notifyNoMoreSplits() {
    noMoreSplits = true;
    splitArrived.complete(null);
  }

  @Override
  public List<Split> snapshotState(long checkpointId) {
    return reading ? List.of(new Split(next)) : List.of();
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}

package io.streamjob.operator.storage;

import io.streamjob.operator.storage.StorageException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Runs blocking work on virtual threads (which never keep a process alive), a bounded number at a
 * time, and gives up what takes too long.
 */
final class BoundedTasks implements AutoCloseable {

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore operations;
  private final int concurrency;
  private final Duration limit;

  /**
   * @param concurrency operations at a time, and parts at a time within one operation
   * @param limit how long an operation may take, waiting for its turn included
   */
  BoundedTasks(int concurrency, Duration limit) {
    this.operations = new Semaphore(concurrency, true);
    this.concurrency = concurrency;
    this.limit = limit;
  }

  /** Starts an operation. Its future fails with a {@link StorageException} only. */
  <T> CompletableFuture<T> start(Callable<T> operation) {
    CompletableFuture<T> running = new CompletableFuture<>();
    Future<?> thread = threads.submit(() -> run(operation, running));
    return running
        .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete((result, failure) -> thread.cancel(true))
        .exceptionally(failure -> {
          throw describe(failure);
        });
  }

  /** Does {@code part} for each item, several at a time, and fails with the first failure. */
  <A> void forEach(Collection<A> items, Consumer<A> part) throws InterruptedException {
    Semaphore permits = new Semaphore(concurrency);
    List<Future<?>> started = new ArrayList<>();
    try {
      for (A item : items) {
        permits.acquire();
        started.add(
            threads.submit(() -> {
              try {
                part.accept(item);
              } finally {
                permits.release();
              }
            }));
      }
      for (Future<?> each : started) {
        each.get();
      }
    } catch (ExecutionException failure) {
      throw StorageException.of(failure);
    } finally {
      started.forEach(each -> each.cancel(true));
    }
  }

  /** How many operations wait for their turn. */
  int waiting() {
    return operations.getQueueLength();
  }

  /** Interrupts what is under way. */
  @Override
  public void close() {
    threads.shutdownNow();
  }

  // Whatever is thrown must end the future: otherwise a caller would wait for its timeout.
  private <T> void run(Callable<T> operation, CompletableFuture<T> outcome) {
    try {
      operations.acquire();
      try {
        outcome.complete(operation.call());
      } finally {
        operations.release();
      }
    } catch (Throwable failure) {
      outcome.completeExceptionally(failure);
    }
  }

  private StorageException describe(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof TimeoutException || cause instanceof InterruptedException
        ? new StorageException(
            Kind.Unreachable,
            "storage did not finish within " + limit.toMillis() + " ms; it is tried again")
        : StorageException.of(cause);
  }
}

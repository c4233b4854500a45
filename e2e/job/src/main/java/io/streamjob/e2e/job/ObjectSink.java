package io.streamjob.e2e.job;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.JobInfo;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystem.WriteMode;
import org.apache.flink.core.fs.Path;

/**
 * Writes {@link Line}s as many small objects that never change, at least once.
 *
 * <p>A writer holds lines in memory and writes them as one new object when the oldest is older than
 * the roll interval, and before every checkpoint or savepoint. So whatever a savepoint counts as
 * done is in the store when the savepoint is complete, while a failure makes Flink write some lines
 * again, into other objects. Needs no recoverable writer: every file system of Flink will do.
 */
final class ObjectSink implements Sink<Counted> {
  private static final long serialVersionUID = 1L;

  private final String out;
  private final long rollMillis;
  private final String version;
  private final String run;

  /** An empty run stands for the Flink job id. */
  ObjectSink(String out, long rollMillis, String version, String run) {
    this.out = out;
    this.rollMillis = rollMillis;
    this.version = version;
    this.run = run;
  }

  @Override
  public SinkWriter<Counted> createWriter(WriterInitContext context) {
    return new Writer(context.getJobInfo(), context.getTaskInfo(), context);
  }

  private final class Writer implements SinkWriter<Counted> {
    private final StringBuilder held = new StringBuilder();
    private final ProcessingTimeService timers;
    private final int subtask;
    private final String runTag;
    private final String prefix;
    private int objects;
    private ScheduledFuture<?> roll;

    Writer(JobInfo job, TaskInfo task, WriterInitContext context) {
      timers = context.getProcessingTimeService();
      subtask = task.getIndexOfThisSubtask();
      runTag = run.isEmpty() ? job.getJobId().toString() : run;
      // Unique even if a job of the same id is started again; sorts by time of start.
      prefix =
          "%s/%d-%s-%s-%d-%d-"
              .formatted(
                  out,
                  System.currentTimeMillis(),
                  version,
                  runTag,
                  subtask,
                  task.getAttemptNumber());
    }

    @Override
    public void write(Counted counted, Context context) {
      held.append(
              new Line(
                  System.currentTimeMillis(),
                  counted.event(),
                  counted.key(),
                  counted.count(),
                  version,
                  runTag,
                  subtask,
                  counted.note()))
          .append('\n');
      if (roll == null) {
        roll = timers.registerTimer(timers.getCurrentProcessingTime() + rollMillis, t -> roll());
      }
    }

    private void roll() throws IOException {
      roll = null;
      flush(false);
    }

    @Override
    public void flush(boolean endOfInput) throws IOException {
      if (held.isEmpty()) {
        return;
      }
      Path path = new Path("%s%06d.txt".formatted(prefix, objects));
      FileSystem files = path.getFileSystem();
      try (FSDataOutputStream object = files.create(path, WriteMode.NO_OVERWRITE)) {
        object.write(held.toString().getBytes(StandardCharsets.UTF_8));
      }
      objects++;
      held.setLength(0);
    }

    /** Drops what is held: no checkpoint covers it, so Flink reads it again if the job goes on. */
    @Override
    public void close() {
      if (roll != null) {
        roll.cancel(false);
      }
    }
  }
}

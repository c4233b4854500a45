package io.streamjob.e2e.job;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The job of the demo and of the end-to-end tests: numbered events, counted by key, written as
 * readable lines that {@link Checker} can judge.
 *
 * <p>The code sets neither parallelism nor checkpoints nor a restart strategy: whoever runs the job
 * configures them. Every operator has a uid.
 */
public final class SampleJob {

  private SampleJob() {}

  /** Runs the job; see {@link Options} for the arguments. */
  public static void main(String[] args) throws Exception {
    Options options = Options.parse(args);
    switch (options.misbehave()) {
      case THROW ->
          throw new IllegalStateException("The sample job throws on purpose (--misbehave throw)");
      case EXIT -> System.exit(1);
      default -> {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        String version = version();
        build(env, options, version);
        if (options.misbehave() != Misbehaviour.NO_EXECUTE) {
          env.execute("sample " + version);
        }
      }
    }
  }

  /** The version of the jar that this class came from, from the jar's manifest. */
  static String version() {
    String version = SampleJob.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }

  static void build(StreamExecutionEnvironment env, Options options, String version) {
    int keys = options.keys();
    KeyedStream<Long, Long> numbers =
        env.fromSource(
                new NumberSource(options.rate(), options.count()),
                WatermarkStrategy.noWatermarks(),
                "numbers")
            .uid("numbers")
            .keyBy(event -> event % keys);

    boolean changedType = options.misbehave() == Misbehaviour.CHANGED_TYPE;
    boolean renamed = options.misbehave() == Misbehaviour.RENAMED_UID;
    SingleOutputStreamOperator<Counted> counted =
        numbers
            .process(changedType ? new TextCounter() : new KeyedCounter(options.stateBytes()))
            .uid(renamed ? "count-renamed" : "count")
            .name("count");

    if (options.misbehave() == Misbehaviour.FAIL) {
      counted = counted.map(new Faulty()).uid("fail").name("fail");
    }
    if (!version.equals("v1")) {
      // What later versions do differently: one more operator, and what it writes.
      counted =
          counted
              .map(record -> record.withNote(record.event() % 2 == 0 ? "even" : "odd"))
              .returns(Counted.class)
              .uid("annotate")
              .name("annotate");
    }
    counted
        .sinkTo(new ObjectSink(options.out(), options.rollMillis(), version, options.run()))
        .uid("lines")
        .name("lines");
  }
}

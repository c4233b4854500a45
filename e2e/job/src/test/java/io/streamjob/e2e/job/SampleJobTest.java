package io.streamjob.e2e.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.streamjob.e2e.job.Checker.Rules;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampleJobTest {

  /** In a cluster of this JVM, so without an image. */
  @Test
  void countsEveryEventOnceAtAnyParallelism(@TempDir Path out) throws Exception {
    Configuration config = new Configuration();
    config.setString("execution.checkpointing.interval", "100 ms");
    config.setString("execution.checkpointing.dir", out.resolve("checkpoints").toUri().toString());
    StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2, config);
    Path lines = out.resolve("lines");
    SampleJob.build(
        env,
        Options.parse(
            "--out", lines.toUri().toString(), "--rate", "1000", "--keys", "7", "--count", "900"),
        "v2");
    env.execute();

    Report report = Checker.checkTree(lines, Rules.ENDED);
    assertTrue(report.exact(), report::toText);
    assertEquals(899, report.lastEvent());
    assertEquals(7, report.keys());
    assertEquals(0, report.writtenAgain());
    assertEquals(List.of("v2"), report.runs().stream().map(Report.Run::version).toList());
  }

  @ParameterizedTest
  @CsvSource({
    "v1, none,         'numbers count lines'",
    "v2, none,         'numbers count annotate lines'",
    "v1, renamed-uid,  'numbers count-renamed lines'",
    "v1, fail,         'numbers count fail lines'",
    "v1, changed-type, 'numbers count lines'"
  })
  void everyOperatorHasItsUid(String version, String misbehave, String uids) throws Exception {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment();
    SampleJob.build(env, Options.parse("--out", "/out", "--misbehave", misbehave), version);
    StreamGraph graph = env.getStreamGraph();
    List<String> found =
        graph.getStreamNodes().stream()
            .sorted(Comparator.comparingInt(StreamNode::getId))
            .map(StreamNode::getTransformationUID)
            .toList();
    assertEquals(List.of(uids.split(" ")), found);
  }

  @Test
  void throwsOnPurpose() {
    Exception e =
        assertThrows(
            IllegalStateException.class,
            () -> SampleJob.main(new String[] {"--out", "/out", "--misbehave", "throw"}));
    assertTrue(e.getMessage().contains("on purpose"));
  }

  @Test
  void refusesUnknownArgumentsBeforeAnythingRuns() {
    assertThrows(
        IllegalArgumentException.class, () -> SampleJob.main(new String[] {"--uot", "/out"}));
    assertEquals("dev", SampleJob.version());
  }
}

package io.streamjob.operator.flink;

import java.net.URI;
import org.junit.jupiter.api.AfterEach;

/** Holds the fake to what real clusters do. */
class ScriptedFlinkContractTest extends FlinkClientContract {

  private static final String FORBIDDEN = "file:///forbidden";

  private final ScriptedFlink flink = ScriptedFlink.start().automatic().forbid(FORBIDDEN);

  @Override
  protected URI rest() {
    return flink.uri();
  }

  @Override
  protected String jarId() {
    return "app_job.jar";
  }

  @Override
  protected String snapshotFolder() {
    return "file:///snapshots";
  }

  @Override
  protected String forbiddenFolder() {
    return FORBIDDEN;
  }

  @Override
  @AfterEach
  void cancelJobsAndClose() {
    super.cancelJobsAndClose();
    flink.close();
  }
}

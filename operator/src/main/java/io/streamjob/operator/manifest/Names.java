package io.streamjob.operator.manifest;

import io.streamjob.operator.core.report.StatusReporter.RevisionNames;
import java.util.Map;
import java.util.TreeMap;

/** How the objects of one StreamJob are called and labelled. */
public record Names(String namespace, String job) implements RevisionNames {

  public static final String MANAGED_BY = "app.kubernetes.io/managed-by";
  public static final String OPERATOR = "streamjob-operator";
  public static final String JOB = "streamjob.io/job";
  public static final String REVISION = "streamjob.io/revision";
  public static final String COMPONENT = "streamjob.io/component";
  public static final String JOB_MANAGER = "jobmanager";
  public static final String TASK_MANAGER = "taskmanager";

  /** Flink's REST port in every cluster. */
  public static final int REST_PORT = 8081;

  /** The base name of a revision's objects, and of its Service. */
  public String revision(int number) {
    return job + "-" + number;
  }

  @Override
  public String service(int number) {
    return revision(number);
  }

  String deployment(int number, String component) {
    return revision(number) + "-" + component;
  }

  @Override
  public String taskManagers() {
    return JOB + "=" + job + "," + COMPONENT + "=" + TASK_MANAGER;
  }

  /** Labels of everything of a revision. */
  public Map<String, String> labels(int number) {
    var labels = new TreeMap<String, String>();
    labels.put(MANAGED_BY, OPERATOR);
    labels.put(JOB, job);
    labels.put(REVISION, String.valueOf(number));
    return labels;
  }

  Map<String, String> labels(int number, String component) {
    var labels = new TreeMap<>(labels(number));
    labels.put(COMPONENT, component);
    return labels;
  }
}

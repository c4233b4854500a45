package io.streamjob.operator.manifest;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.streamjob.operator.core.spec.StorageProfile;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Flink's high availability on Kubernetes: a JobManager that dies brings its job back by itself,
 * from what it keeps in two ConfigMaps and a folder of the storage. The operator makes both
 * ConfigMaps, so that the pods' rights can name them and none of them need be able to create any.
 *
 * <p>None of these objects carries the label that the operator watches: a leader renews its lease
 * in them every few seconds.
 *
 * @param uid of the StreamJob: cluster ids are never used again, not even by a job of the same name
 */
public record HighAvailability(Names names, String uid, int revision) {

  /** Flink's prefix of the key that a starting JobManager takes a job from. */
  private static final String PLAN = "executionPlan-";

  private static final String PARKED = "parked-";

  /**
   * Flink cannot elect a leader on a ConfigMap without this annotation, nor on one that it cannot
   * parse: here nobody holds the lease.
   */
  private static final Map<String, String> NO_LEADER =
      Map.of(
          "control-plane.alpha.kubernetes.io/leader",
          """
          {"holderIdentity":"","leaseDuration":"PT15S","acquireTime":"2000-01-01T00:00:00.000000Z",\
          "renewTime":"2000-01-01T00:00:00.000000Z","leaderTransitions":0}\
          """);

  /** Names this cluster for ever. */
  String clusterId() {
    return names.revision(revision) + "-" + uid.substring(0, Math.min(8, uid.length()));
  }

  private String serviceAccount(String component) {
    return clusterId() + "-" + component;
  }

  /** The account of the JobManager's pod. */
  String jobManagerAccount() {
    return serviceAccount(Names.JOB_MANAGER);
  }

  /** The account of the TaskManagers' pods. */
  String taskManagerAccount() {
    return serviceAccount(Names.TASK_MANAGER);
  }

  /** The Secret with the cluster's keys. */
  String keysSecret() {
    return clusterId() + "-keys";
  }

  /**
   * The Secret with the cluster's keys; goes with {@link #cluster()}.
   *
   * @param files in Base64
   */
  public Secret keys(Map<String, String> files) {
    return new SecretBuilder()
        .withMetadata(metadata(keysSecret()))
        .withType("Opaque")
        .withImmutable(true)
        .withData(files)
        .build();
  }

  /** Where the leader, and the plans of its jobs, are kept. */
  String clusterConfigMap() {
    return clusterId() + "-cluster-config-map";
  }

  private String runConfigMap(String jobId) {
    return clusterId() + "-" + jobId + "-config-map";
  }

  /** Everything that Flink keeps for this cluster in the storage, job results included. */
  public String folder(StorageProfile storage) {
    return storage.jobFolder(names.namespace(), names.job()) + "/ha/" + clusterId();
  }

  /** Where the results of the cluster's jobs are. */
  public String results(StorageProfile storage) {
    return folder(storage) + "/results";
  }

  Map<String, String> settings(StorageProfile storage) {
    var settings = new TreeMap<String, String>();
    settings.put("high-availability.type", "kubernetes");
    settings.put("high-availability.storageDir", folder(storage));
    settings.put("high-availability.cluster-id", clusterId());
    settings.put("job-result-store.storage-path", results(storage));
    // A job that ended while nobody looked is not taken for a lost one, nor ever started again.
    settings.put("job-result-store.delete-on-commit", "false");
    settings.put("application-result-store.delete-on-commit", "false");
    settings.put("kubernetes.cluster-id", clusterId());
    settings.put("kubernetes.namespace", names.namespace());
    // Otherwise a leader listens where no Service leads.
    settings.put("high-availability.jobmanager.port", "6123");
    // A renewal fails when the ConfigMap changes in the same moment: four tries before the lead is
    // lost.
    settings.put("high-availability.kubernetes.leader-election.lease-duration", "15 s");
    settings.put("high-availability.kubernetes.leader-election.renew-deadline", "12 s");
    settings.put("high-availability.kubernetes.leader-election.retry-period", "3 s");
    return settings;
  }

  /** What a cluster's pods need before they start. */
  List<HasMetadata> ofCluster() {
    return List.of(
        configMap(clusterConfigMap()),
        new ServiceAccountBuilder().withMetadata(metadata(jobManagerAccount())).build(),
        role(
            jobManagerAccount(),
            rule(clusterConfigMap(), "get", "list", "watch", "update", "patch")),
        binding(jobManagerAccount(), jobManagerAccount()),
        new ServiceAccountBuilder().withMetadata(metadata(taskManagerAccount())).build(),
        // Where the leader is to be found; high availability leaves no other way.
        role(taskManagerAccount(), rule(clusterConfigMap(), "list", "watch")),
        binding(taskManagerAccount(), taskManagerAccount()));
  }

  /** What a run's JobManager needs before the run is submitted; goes with {@link #cluster()}. */
  public List<HasMetadata> ofRun(String jobId) {
    String name = clusterId() + "-" + jobId;
    return List.of(
        role(name, rule(runConfigMap(jobId), "get", "update", "delete")),
        binding(name, jobManagerAccount()),
        configMap(runConfigMap(jobId)));
  }

  /** The cluster's ConfigMap, by its name. */
  public ConfigMap cluster() {
    return configMap(clusterConfigMap());
  }

  /** The cluster's data after which no JobManager that starts takes up the job. */
  public static Map<String, String> parked(Map<String, String> data, String jobId) {
    return renamed(data, PLAN + jobId, PARKED + PLAN + jobId);
  }

  /** The opposite of {@link #parked}. */
  public static Map<String, String> unparked(Map<String, String> data, String jobId) {
    return renamed(data, PARKED + PLAN + jobId, PLAN + jobId);
  }

  private static Map<String, String> renamed(Map<String, String> data, String from, String to) {
    var renamed = new TreeMap<>(data);
    String value = renamed.remove(from);
    if (value != null) {
      renamed.put(to, value);
    }
    return renamed;
  }

  private ConfigMap configMap(String name) {
    return new ConfigMapBuilder()
        .withMetadata(metadata(name).edit().withAnnotations(NO_LEADER).build())
        .build();
  }

  private ObjectMeta metadata(String name) {
    var labels = new TreeMap<>(names.labels(revision));
    labels.remove(Names.MANAGED_BY);
    return new ObjectMetaBuilder()
        .withName(name)
        .withNamespace(names.namespace())
        .withLabels(labels)
        .build();
  }

  private static PolicyRule rule(String configMap, String... verbs) {
    return new PolicyRuleBuilder()
        .withApiGroups("")
        .withResources("configmaps")
        .withResourceNames(configMap)
        .withVerbs(verbs)
        .build();
  }

  private HasMetadata role(String name, PolicyRule rule) {
    return new RoleBuilder().withMetadata(metadata(name)).withRules(rule).build();
  }

  private HasMetadata binding(String role, String account) {
    return new RoleBindingBuilder()
        .withMetadata(metadata(role))
        .withNewRoleRef("rbac.authorization.k8s.io", "Role", role)
        .addNewSubject(null, "ServiceAccount", account, names.namespace())
        .build();
  }
}

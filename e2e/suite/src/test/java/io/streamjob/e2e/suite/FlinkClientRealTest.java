package io.streamjob.e2e.suite;

import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.streamjob.operator.flink.FlinkClientContract;
import io.streamjob.operator.flink.HttpOptions;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Holds a real Flink cluster, and the adapter to it, to the contract. */
class FlinkClientRealTest extends FlinkClientContract {

  @RegisterExtension static final Scene SCENE = new Scene("flink");

  private static final Job JOB = new Job(SCENE, "contract");
  private static URI rest;
  private static HttpOptions options;

  /** The cluster of a StreamJob at parallelism 1, with room for five more. */
  @BeforeAll
  static void start() {
    JOB.with("spec.parallelism", "1")
        .with("spec.taskManager.taskSlots", "6")
        .with("spec.checkpoints.interval", "1s")
        .apply();
    String service = JOB.awaitRunning().at("/status/running/service").asText();
    letItRunMoreThanItsOwnJob();
    rest = SCENE.doors().https(SCENE.namespace(), service, 8081);
    options = HttpOptions.defaults().with(Keys.of(SCENE, service).context());
  }

  /**
   * The operator gives a JobManager the rights for its own job alone; the contract submits others.
   */
  private static void letItRunMoreThanItsOwnJob() {
    Role role =
        new RoleBuilder()
            .withNewMetadata()
            .withName("contract")
            .withNamespace(SCENE.namespace())
            .endMetadata()
            .addNewRule()
            .withApiGroups("")
            .withResources("configmaps")
            .withVerbs("get", "create", "update", "delete")
            .endRule()
            .build();
    RoleBinding binding =
        new RoleBindingBuilder()
            .withMetadata(role.getMetadata())
            .withNewRoleRef("rbac.authorization.k8s.io", "Role", "contract")
            .addNewSubject(
                "rbac.authorization.k8s.io",
                "Group",
                "system:serviceaccounts:" + SCENE.namespace(),
                null)
            .build();
    SCENE.client().resource(role).create();
    SCENE.client().resource(binding).create();
  }

  @Override
  protected URI rest() {
    return rest;
  }

  @Override
  protected HttpOptions options() {
    return options;
  }

  @Override
  protected String jarId() {
    return "streamjob_job.jar";
  }

  @Override
  protected String snapshotFolder() {
    return JOB.state() + "-snapshots";
  }

  /** The pods' file systems are read-only. */
  @Override
  protected String forbiddenFolder() {
    return "file:///forbidden";
  }

  @Override
  protected List<String> arguments() {
    return List.of("--out", JOB.out() + "-contract", "--rate", "20");
  }
}

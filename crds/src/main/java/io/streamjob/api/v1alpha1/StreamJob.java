package io.streamjob.api.v1alpha1;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/** An Apache Flink job, kept running and upgraded with its state. */
@Group("streamjob.io")
@Version("v1alpha1")
@Plural("streamjobs")
@Singular("streamjob")
@ShortNames("sj")
@AdditionalPrinterColumn(
    name = "State",
    jsonPath = ".status.running.state",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Ready",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Image",
    jsonPath = ".spec.image",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Parallelism",
    jsonPath = ".spec.parallelism",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Step",
    jsonPath = ".status.upgrade.step",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
@ValidationRule(
    value = "self.metadata.name.matches('^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$')",
    message =
        "metadata.name: use at most 40 lower-case letters, digits and dashes, beginning with a"
            + " letter: Services are named after the job")
public class StreamJob extends CustomResource<StreamJobSpec, StreamJobStatus>
    implements Namespaced {

  @Override
  protected StreamJobSpec initSpec() {
    return null;
  }

  @Override
  protected StreamJobStatus initStatus() {
    return null;
  }
}

/** All reading and writing of Kubernetes objects that does not come out of a cache. */
package io.streamjob.operator.kube;

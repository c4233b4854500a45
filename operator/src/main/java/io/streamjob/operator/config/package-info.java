/** What the administrator sets: storage profiles, namespaces, limits. */
package io.streamjob.operator.config;

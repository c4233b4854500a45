/** Carries out what the core decided. */
package io.streamjob.operator.act;

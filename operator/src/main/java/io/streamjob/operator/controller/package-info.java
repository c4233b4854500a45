/** The reconcilers: one pass is observe, decide, then write or act, then report. */
package io.streamjob.operator.controller;

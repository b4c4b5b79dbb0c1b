package io.weakref.benchmark;

import java.lang.management.ManagementFactory;
import java.util.List;

import com.sun.management.OperatingSystemMXBean;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.ScalarResult;

/**
 * The CPU time of the whole JVM for each call, including what a contender does on other
 * threads, the garbage collector and the JIT compiler.
 */
public final class ProcessCpu implements InternalProfiler {

	/** The name of the result. */
	static final String RESULT = "cpu";

	private final OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

	private long before;

	@Override
	public String getDescription() {
		return "CPU time of the process for each call";
	}

	@Override
	public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
		this.before = this.system.getProcessCpuTime();
	}

	@Override
	public List<ScalarResult> afterIteration(BenchmarkParams benchmark, IterationParams iteration,
			IterationResult result) {
		double nanos = this.system.getProcessCpuTime() - this.before;
		long calls = result.getMetadata().getAllOps();
		return (calls == 0) ? List.of()
				: List.of(new ScalarResult(RESULT, nanos / calls, "ns/op", AggregationPolicy.AVG));
	}

}

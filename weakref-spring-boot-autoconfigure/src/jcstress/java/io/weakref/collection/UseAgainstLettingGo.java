package io.weakref.collection;

import java.lang.ref.WeakReference;

import io.weakref.cleaner.WeakCleaner;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A value is used while the drain thread is about to let go of it: it is held afterwards,
 * whichever thread comes first.
 * <p>
 * With {@code node.mark = HoldNode.NO_MARK} instead of the CAS in
 * {@code HoldWindow.release}, it is sometimes not held.
 */
@JCStressTest
@State
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "The value is held.")
public class UseAgainstLettingGo {

	private static final WeakCleaner cleaner = WeakCleaner.builder().build();

	private static final long TICK = 250_000_000;

	private final Object value = new Object();

	private final HoldNode node = new HoldNode(1, "key", this.value);

	private long nanos;

	private final HoldWindow window = new HoldWindow(TICK, Integer.MAX_VALUE, cleaner, new WeakReference<>(null),
			() -> this.nanos, 1);

	/** Hold a value, and let time pass until a scan has begun for which it is due. */
	public UseAgainstLettingGo() {
		this.window.use(this.node, this.value);
		for (int tick = 1; tick <= 2; tick++) {
			this.nanos = tick * TICK;
			this.window.step();
		}
	}

	@Actor
	public void user() {
		Object found = this.node.get();
		if (found != null) {
			this.window.use(this.node, found);
		}
	}

	@Actor
	public void drainThread() {
		this.window.step();
	}

	@Arbiter
	public void after(I_Result r) {
		r.r1 = (this.node.isHeld() && this.window.heldCount() == 1) ? 1 : 0;
	}

}

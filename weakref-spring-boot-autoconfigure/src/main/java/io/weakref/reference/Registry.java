package io.weakref.reference;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import io.weakref.cleaner.Callback;
import io.weakref.cleaner.Companion;
import io.weakref.cleaner.Dequeued;
import io.weakref.cleaner.WeakCleaner;
import org.jspecify.annotations.Nullable;

/**
 * All references, proxies and finalizers of one cleaner, found by the identity of their
 * referents. Made for a cleaner when the first of them is; ends with it.
 * <p>
 * Those without a callback need nobody to tell them of a death. They are in one registry
 * that has no cleaner and no thread: each call on it removes some of what died.
 *
 * <h2>The table</h2>
 *
 * A hash table by {@link System#identityHashCode}, in {@value #STRIPES} stripes of which
 * each is an open table of its own with chained bins; a node is the {@link Chain} of a
 * referent. The monitor of a stripe guards its bins and every chain and link in them. No
 * user code runs under it (identity hash, {@code refersTo} and plain field accesses
 * only), and no thread holds two.
 * <ul>
 * <li>A chain is in the table from its first link to its last: one whose links have all
 * gone is removed though its referent lives. So the table is bounded by the references
 * and finalizers that are alive, and it shrinks.</li>
 * <li>A chain is found only by who holds its referent, so none is found, and no link is
 * added to it, once its referent was cleared. It is then on the cleaner's queue, once.
 * The drain thread takes it out of the table and collects its callbacks in one step under
 * the monitor, and hands them over after leaving it.</li>
 * <li>References are held weakly (by their links), finalizers strongly (by
 * {@link #finalizers}) until they ran or were cancelled, even while they wait for the
 * executor, and after it refused them.</li>
 * </ul>
 *
 * <h2>What holds what</h2>
 *
 * The cleaner holds its registry. Statically there is only a set of weak references to
 * registries, so nothing that belongs to a cleaner outlives it. Users hold references;
 * these hold their link, it the chain, that the registry.
 */
final class Registry implements Companion {

	private static final int STRIPES = 32;

	private static final int STRIPE_BITS = 5;

	private static final Set<WeakReference<Registry>> registries = ConcurrentHashMap.newKeySet();

	private static final AtomicLong created = new AtomicLong();

	/** How much of what died a call removes: more than it adds. */
	private static final int EXPUNGED_AT_ONCE = 16;

	private final @Nullable WeakCleaner cleaner;

	private final ReferenceQueue<Object> queue;

	private final Stripe[] stripes = new Stripe[STRIPES];

	/** The finalizers that have neither run nor been cancelled. */
	private final Set<Finalizer<?>> finalizers = ConcurrentHashMap.newKeySet();

	/** Who runs what is due at exit: set once. */
	private final AtomicReference<@Nullable ExitRun> exitRun = new AtomicReference<>();

	private volatile boolean closed;

	private Registry(@Nullable WeakCleaner cleaner) {
		this.cleaner = cleaner;
		this.queue = (cleaner != null) ? cleaner.queue() : new ReferenceQueue<>();
		for (int i = 0; i < STRIPES; i++) {
			this.stripes[i] = new Stripe();
		}
		registries.removeIf((registry) -> registry.refersTo(null));
		registries.add(new WeakReference<>(this));
	}

	/**
	 * Return the registry of a cleaner.
	 * @param cleaner the cleaner
	 * @return its one registry
	 * @throws IllegalStateException if the cleaner is closed
	 */
	static Registry of(WeakCleaner cleaner) {
		Registry registry = (Registry) cleaner.companion(Registry::new);
		if (registry.closed) {
			throw registry.closedException();
		}
		return registry;
	}

	/**
	 * Return the registry of references and proxies that have no callback.
	 * @return the one registry without a cleaner
	 */
	static Registry withoutCallbacks() {
		return WithoutCallbacks.INSTANCE;
	}

	/**
	 * Return the registries that somebody still uses.
	 * @return a snapshot
	 */
	static List<Registry> all() {
		List<Registry> all = new ArrayList<>();
		for (WeakReference<Registry> reference : registries) {
			Registry registry = reference.get();
			if (registry != null) {
				all.add(registry);
			}
		}
		return all;
	}

	ReferenceQueue<Object> queue() {
		return this.queue;
	}

	/** Do what the drain thread does where there is none. */
	private void expunge() {
		if (this.cleaner == null) {
			for (int i = 0; i < EXPUNGED_AT_ONCE && this.queue.poll() instanceof Dequeued dead; i++) {
				dead.dequeued();
			}
		}
	}

	/**
	 * Enter a reference or finalizer as the newest of its referent.
	 * @param referent the referent
	 * @param owner what to enter: held weakly
	 * @return its place, to be held by the owner
	 */
	Link add(Object referent, Object owner) {
		expunge();
		Link link = enter(referent, owner);
		if (this.cleaner != null) {
			this.cleaner.ensureRunning();
		}
		return link;
	}

	private Link enter(Object referent, Object owner) {
		int hash = System.identityHashCode(referent);
		Stripe stripe = stripe(hash);
		synchronized (stripe) {
			try {
				Chain chain = stripe.findOrCreate(referent, hash, this);
				Link link = new Link(owner, chain, created.getAndIncrement(), queue());
				stripe.enter(chain);
				chain.add(link);
				return link;
			}
			finally {
				Reference.reachabilityFence(referent);
			}
		}
	}

	/**
	 * Find the shared reference or proxy of a referent.
	 * @param referent the referent
	 * @param kind the {@link WeakRef#kind() kind}
	 * @return the shared one, or {@code null} if nobody holds one
	 */
	@Nullable WeakRef<?> shared(Object referent, Class<?> kind) {
		expunge();
		int hash = System.identityHashCode(referent);
		Stripe stripe = stripe(hash);
		synchronized (stripe) {
			Chain chain = stripe.find(referent, hash);
			return (chain != null) ? chain.shared(referent, kind) : null;
		}
	}

	/**
	 * Make a reference or proxy the shared one of its kind, unless there is one.
	 * @param referent the referent
	 * @param candidate a reference that is not entered yet
	 * @return the shared one: the candidate, or the one that was there
	 */
	WeakRef<?> share(Object referent, WeakRef<?> candidate) {
		int hash = System.identityHashCode(referent);
		Stripe stripe = stripe(hash);
		synchronized (stripe) {
			try {
				Chain chain = stripe.findOrCreate(referent, hash, this);
				WeakRef<?> present = chain.shared(referent, candidate.kind());
				if (present != null) {
					return present;
				}
				Link link = new Link(candidate, chain, created.getAndIncrement(), queue());
				stripe.enter(chain);
				chain.addShared(link);
				candidate.entered(link);
				return candidate;
			}
			finally {
				Reference.reachabilityFence(referent);
			}
		}
	}

	void remove(Link link) {
		Chain chain = link.chain;
		Stripe stripe = stripe(chain.hash);
		synchronized (stripe) {
			if (chain.remove(link) && chain.isEmpty()) {
				stripe.remove(chain);
			}
		}
	}

	/** The referent of a chain was cleared. */
	void died(Chain chain) {
		Stripe stripe = stripe(chain.hash);
		List<Callback> callbacks;
		synchronized (stripe) {
			callbacks = chain.callbacks();
			stripe.remove(chain);
		}
		if (this.cleaner != null && !callbacks.isEmpty()) {
			this.cleaner.dispatch(callbacks);
		}
	}

	void forEach(Object referent, Consumer<? super WeakRefs.Found> action) {
		int hash = System.identityHashCode(referent);
		Stripe stripe = stripe(hash);
		synchronized (stripe) {
			Chain chain = stripe.find(referent, hash);
			if (chain != null) {
				chain.forEach(referent, action);
			}
		}
	}

	/**
	 * Hold a finalizer until it has run or was cancelled.
	 * @param finalizer a finalizer that is in its chain
	 * @throws IllegalStateException if the cleaner was closed, so that nobody would run
	 * it
	 */
	void hold(Finalizer<?> finalizer) {
		this.finalizers.add(finalizer);
		JvmExit.arm();
		ExitRun run = this.exitRun.get();
		if (run != null) {
			run.add(finalizer);
		}
		if (this.closed && finalizer.cancel()) {
			throw closedException();
		}
	}

	void release(Finalizer<?> finalizer) {
		this.finalizers.remove(finalizer);
	}

	boolean hasFinalizers() {
		return !this.finalizers.isEmpty();
	}

	void run(Callback callback) {
		Objects.requireNonNull(this.cleaner).run(callback);
	}

	boolean isExitLeftToOwner() {
		return this.cleaner == null || this.cleaner.isExitLeftToOwner();
	}

	/**
	 * Have what is due at exit run by somebody, who is told of each finalizer that there
	 * is and each that is registered later.
	 * @param run who runs them
	 * @return {@code false} if somebody else does or did
	 */
	boolean beginExit(ExitRun run) {
		if (!this.exitRun.compareAndSet(null, run)) {
			return false;
		}
		this.finalizers.forEach(run::add);
		return true;
	}

	@Override
	public void cleanerCloses() {
		ExitRun run = new ExitRun();
		boolean mine = beginExit(run);
		if (mine) {
			run.run();
		}
		this.closed = true;
		if (mine) {
			// Registered by a thread that did not see the flag.
			run.run();
			this.finalizers.clear();
		}
		JvmExit.disarm();
	}

	@Override
	public boolean isIdle() {
		boolean idle = this.finalizers.isEmpty() && size() == 0;
		if (idle) {
			JvmExit.disarm();
		}
		return idle;
	}

	private IllegalStateException closedException() {
		return new IllegalStateException("The cleaner '" + Objects.requireNonNull(this.cleaner).name() + "' is closed");
	}

	/**
	 * Return how many referents are known.
	 * @return the number of chains
	 */
	int size() {
		int size = 0;
		for (Stripe stripe : this.stripes) {
			synchronized (stripe) {
				size += stripe.size;
			}
		}
		return size;
	}

	/**
	 * Return how large the table is.
	 * @return the number of bins
	 */
	int bins() {
		int bins = 0;
		for (Stripe stripe : this.stripes) {
			synchronized (stripe) {
				bins += stripe.bins.length;
			}
		}
		return bins;
	}

	private Stripe stripe(int hash) {
		return this.stripes[hash & (STRIPES - 1)];
	}

	/** Made with the first of them. */
	private static final class WithoutCallbacks {

		private static final Registry INSTANCE = new Registry(null);

		private WithoutCallbacks() {
		}

	}

	/** One table; its monitor guards it. */
	private static final class Stripe {

		private static final int MIN_BINS = 4;

		private @Nullable Chain[] bins = new Chain[MIN_BINS];

		private int size;

		@Nullable Chain find(Object referent, int hash) {
			for (Chain chain = this.bins[bin(hash)]; chain != null; chain = chain.next) {
				if (chain.hash == hash && chain.refersTo(referent)) {
					return chain;
				}
			}
			return null;
		}

		/** Find a chain, or make one that is not in the table before it is entered. */
		Chain findOrCreate(Object referent, int hash, Registry registry) {
			Chain present = find(referent, hash);
			if (present != null) {
				return present;
			}
			if (this.size >= this.bins.length) {
				resize(this.bins.length * 2);
			}
			return new Chain(referent, hash, registry);
		}

		/** Put a chain without links, which is not in the table, into it. */
		void enter(Chain chain) {
			if (chain.isEmpty()) {
				int bin = bin(chain.hash);
				chain.next = this.bins[bin];
				this.bins[bin] = chain;
				this.size++;
			}
		}

		/** Take a chain out, if it is still in. */
		void remove(Chain chain) {
			int bin = bin(chain.hash);
			Chain previous = null;
			for (Chain present = this.bins[bin]; present != null; present = present.next) {
				if (present == chain) {
					if (previous == null) {
						this.bins[bin] = chain.next;
					}
					else {
						previous.next = chain.next;
					}
					chain.next = null;
					this.size--;
					shrink();
					return;
				}
				previous = present;
			}
		}

		private void shrink() {
			if (this.size < this.bins.length / 8 && this.bins.length > MIN_BINS) {
				try {
					resize(this.bins.length / 4);
				}
				catch (OutOfMemoryError ex) {
					// It may stay too large; the callbacks of the chain must go on.
				}
			}
		}

		private void resize(int length) {
			@Nullable Chain[] larger = new Chain[Math.max(MIN_BINS, length)];
			@Nullable Chain[] present = this.bins;
			this.bins = larger;
			for (Chain first : present) {
				Chain chain = first;
				while (chain != null) {
					Chain next = chain.next;
					int bin = bin(chain.hash);
					chain.next = larger[bin];
					larger[bin] = chain;
					chain = next;
				}
			}
		}

		private int bin(int hash) {
			return (hash >>> STRIPE_BITS) & (this.bins.length - 1);
		}

	}

}

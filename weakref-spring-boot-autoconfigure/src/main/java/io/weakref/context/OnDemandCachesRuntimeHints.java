package io.weakref.context;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * Registers the constructor through which a native image finds the injection point that
 * asks for a cache.
 */
class OnDemandCachesRuntimeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.reflection().registerType(OnDemandCaches.Holder.class, MemberCategory.INVOKE_DECLARED_CONSTRUCTORS);
	}

}

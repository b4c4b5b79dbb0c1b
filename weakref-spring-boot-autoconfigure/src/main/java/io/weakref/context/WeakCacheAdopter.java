package io.weakref.context;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

import io.weakref.collection.WeakCollection;

import org.springframework.aop.SpringProxy;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;
import org.springframework.util.StringUtils;

/**
 * Registers the weak caches that the application builds in its own beans, and takes them
 * out when their bean is destroyed. The name is the value of the bean's qualifier, or
 * else what the builder was given, or else the bean's name. Only singletons: of others
 * there may be many under one name.
 */
public final class WeakCacheAdopter implements DestructionAwareBeanPostProcessor, DisposableBean {

	/** What the collections' builders make up where no name was given. */
	private static final Pattern MADE_UP_NAME = Pattern.compile("weak(ValueDictionary|KeyDictionary|Set)-\\d+");

	private final ConfigurableListableBeanFactory beanFactory;

	private final Map<String, Adopted> adopted = new ConcurrentHashMap<>();

	/**
	 * Create an adopter.
	 * @param beanFactory the factory whose beans to look at, which has the
	 * {@link WeakCacheRegistry}
	 */
	public WeakCacheAdopter(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof WeakCollection cache && !(bean instanceof SpringProxy) && isSingleton(beanName)) {
			WeakCacheRegistry registry = this.beanFactory.getBean(WeakCacheRegistry.class);
			if (registry.find(cache.name()).orElse(null) != cache) {
				String cacheName = cacheName(cache, beanName);
				registry.register(cacheName, cache, "bean '%s'".formatted(beanName));
				this.adopted.put(beanName, new Adopted(registry, cacheName, cache));
			}
		}
		return bean;
	}

	@Override
	public boolean requiresDestruction(Object bean) {
		return this.adopted.values().stream().anyMatch((adopted) -> adopted.cache() == bean);
	}

	@Override
	public void postProcessBeforeDestruction(Object bean, String beanName) {
		release(beanName);
	}

	/**
	 * Take out what is left: the products of factory beans, whose end nobody tells.
	 */
	@Override
	public void destroy() {
		List.copyOf(this.adopted.keySet()).forEach(this::release);
	}

	private void release(String beanName) {
		Adopted adopted = this.adopted.remove(beanName);
		if (adopted != null) {
			adopted.registry().remove(adopted.cacheName(), adopted.cache());
		}
	}

	private boolean isSingleton(String beanName) {
		return this.beanFactory.containsLocalBean(beanName) && this.beanFactory.isSingleton(beanName);
	}

	private String cacheName(WeakCollection cache, String beanName) {
		WeakCache weakCache = this.beanFactory.findAnnotationOnBean(beanName, WeakCache.class);
		if (weakCache != null) {
			return weakCache.value();
		}
		Qualifier qualifier = this.beanFactory.findAnnotationOnBean(beanName, Qualifier.class);
		if (qualifier != null && StringUtils.hasText(qualifier.value())) {
			return qualifier.value();
		}
		return MADE_UP_NAME.matcher(cache.name()).matches() ? beanName : cache.name();
	}

	private record Adopted(WeakCacheRegistry registry, String cacheName, WeakCollection cache) {
	}

}

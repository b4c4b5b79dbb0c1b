package io.weakref.sample.experiment;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.weakref.context.NeverShrinksWarning;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.stereotype.Component;

/**
 * Remembers the warnings in the log about caches that never shrink. There is at most one
 * a day for each cache.
 */
@Component
class LoggedWarning extends AppenderBase<ILoggingEvent> implements InitializingBean, DisposableBean {

	private final Logger logger = (Logger) LoggerFactory.getLogger(NeverShrinksWarning.class);

	private final Queue<String> messages = new ConcurrentLinkedQueue<>();

	@Override
	public void afterPropertiesSet() {
		setContext(this.logger.getLoggerContext());
		start();
		this.logger.addAppender(this);
	}

	@Override
	public void destroy() {
		this.logger.detachAppender(this);
	}

	@Override
	protected void append(ILoggingEvent event) {
		this.messages.add(event.getFormattedMessage());
	}

	@Nullable String text(String cache) {
		String name = "'" + cache + "'";
		return this.messages.stream().filter((message) -> message.contains(name)).findFirst().orElse(null);
	}

}

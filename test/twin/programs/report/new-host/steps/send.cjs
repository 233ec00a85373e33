exports.send = async (report) => {
  const response = await fetch(`${process.env.API}/reports`, { method: 'PUT', body: JSON.stringify(report) });
  await response.text();
  const seen = await fetch(`${process.env.TELEMETRY}/events`, { method: 'POST', body: '{"event":"sent"}' });
  await seen.text();
};

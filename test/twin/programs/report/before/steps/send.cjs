exports.send = async (report) => {
  const response = await fetch(`${process.env.API}/reports`, { method: 'PUT', body: JSON.stringify(report) });
  await response.text();
};
